-- Once per cluster, as superuser: the logins and what they may become (foundations 2).
-- Parameters: {app_password} {migrate_password} {live_password}, already quoted as literals.

DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['maj_owner', 'maj_public', 'maj_tenant', 'maj_app', 'maj_migrate', 'maj_live'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END $$;

ALTER ROLE maj_owner NOLOGIN;
ALTER ROLE maj_public NOLOGIN;
ALTER ROLE maj_tenant NOLOGIN;
ALTER ROLE maj_app LOGIN NOINHERIT PASSWORD {app_password};
ALTER ROLE maj_migrate LOGIN NOINHERIT CREATEROLE CREATEDB PASSWORD {migrate_password};
ALTER ROLE maj_live LOGIN NOINHERIT PASSWORD {live_password};

GRANT maj_owner TO maj_migrate;
GRANT maj_public TO maj_migrate;
GRANT maj_tenant TO maj_migrate WITH ADMIN OPTION;
GRANT maj_public TO maj_app;

ALTER ROLE maj_app SET timezone = 'UTC';
ALTER ROLE maj_app SET statement_timeout = '30s';
ALTER ROLE maj_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE maj_migrate SET timezone = 'UTC';
ALTER ROLE maj_live SET timezone = 'UTC';
ALTER ROLE maj_live SET search_path = 'live';
