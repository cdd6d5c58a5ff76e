-- Inside the transaction that makes one business's schema, before its tables, as maj_owner: what its role may do there.
-- Parameter: {schema}, a checked name that is both the schema's and the role's. Each table gets its rights at birth.

GRANT USAGE ON SCHEMA {schema} TO {schema};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {schema};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {schema};
