"""The product's apps, lowest first: core, audit, tenants, accounts, realtime, gateways | customers, conversations,
assistant, dashboard. Each imports only what lies below it; pyproject.toml holds them to that."""
