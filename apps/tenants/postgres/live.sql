-- Embedded default only: the cache's table, in a schema that only maj_live may enter. Idempotent, as superuser.
-- The channel layer's tables beside it are made by that library's own migrations.

CREATE SCHEMA IF NOT EXISTS live AUTHORIZATION maj_live;
CREATE UNLOGGED TABLE IF NOT EXISTS live.cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON live.cache (expires);
ALTER TABLE live.cache OWNER TO maj_live;
