"""HTML doors: coming in and going out, the links of a mail, and everything about one's own account."""
