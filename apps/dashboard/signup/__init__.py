"""From nobody to the owner of an open business: the form, its places and prices of names, and the opening."""
