-- Once per database, as superuser: take from everybody what lets one injected statement leave its business.
-- Idempotent. Parameter: {database}, already quoted as an identifier.

REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO maj_app, maj_migrate, maj_live;
GRANT CREATE ON DATABASE {database} TO maj_owner;

CREATE SCHEMA IF NOT EXISTS ext AUTHORIZATION maj_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA ext;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ext;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA ext;
GRANT USAGE ON SCHEMA ext TO maj_owner, maj_public, maj_tenant;

ALTER SCHEMA public OWNER TO maj_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO maj_public, maj_tenant;

-- Functions that reach across roles and schemas, wait, shout, or run SQL given as text.
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog' AND (
            p.proname IN ('set_config', 'ts_stat', 'pg_notify', 'pg_terminate_backend', 'pg_cancel_backend')
            OR (p.proname = 'ts_rewrite' AND 'text'::regtype = ANY (p.proargtypes::oid[]))
            OR p.proname LIKE 'pg\_sleep%'
            OR p.proname LIKE 'pg\_%advisory\_%'
            OR p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite')
            OR p.proname ~ '^(query|table|cursor|schema|database)_to_xml'
        )
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        IF f::text LIKE '%advisory%' OR f::text LIKE 'set_config%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO maj_migrate, maj_owner, maj_live', f);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO maj_live;
REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO maj_owner;
GRANT USAGE ON LANGUAGE plpgsql TO maj_live;

-- What the owner makes in public, the platform may use.
ALTER DEFAULT PRIVILEGES FOR ROLE maj_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO maj_public;
ALTER DEFAULT PRIVILEGES FOR ROLE maj_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO maj_public;

