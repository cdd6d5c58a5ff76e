"""A business's settings about itself: profile, logo, domains, support, its end. Each page asks for its word itself."""
