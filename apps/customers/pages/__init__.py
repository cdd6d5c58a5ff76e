"""The HTML doors of customers: the list, the card and its verbs, merging, importing, settings with labels."""
