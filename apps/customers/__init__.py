"""The people who write to a business, and the provider identities that lead to each of them."""
