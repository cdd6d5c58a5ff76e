"""Files: what customers send and people upload, where they are kept, and who may open them."""
