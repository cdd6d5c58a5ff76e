"""The inbox's HTML doors: what it shows, and the verbs its buttons post to."""
