"""The database backend: one login that can do nothing until it becomes one business's role, and fails closed.

`context` says which business is current, `base` makes each connection follow it, `schema` keeps foreign keys
inside their schema, `router` places each model, and the `.sql` files are the fence itself.
"""
