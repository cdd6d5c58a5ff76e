"""Which business is this, and where do its rows live: schemas, roles, hosts, routes, provisioning, the fleet.

Everything here is in the public schema. What a business *does* lives in the apps above.
"""
