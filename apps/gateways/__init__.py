"""The outside messaging world, made uniform: connected numbers, their templates, the ledger
of what came in, and one package per provider behind the protocol. What a message means to a
conversation is not decided here."""
