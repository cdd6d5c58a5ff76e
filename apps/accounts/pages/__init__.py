"""The people's pages: one module a noun."""
