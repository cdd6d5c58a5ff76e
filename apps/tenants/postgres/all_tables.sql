-- Where a schema has tables already, between business.sql and append_only.sql: the same rights for those that are there.
-- Parameter: {schema}. Reads the whole of pg_class six times, so a new business, which has no tables yet, goes without.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {schema};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {schema};
