"""The first steps of a business: the wizard, the starter packs of its trade, and what the first page still asks for."""
