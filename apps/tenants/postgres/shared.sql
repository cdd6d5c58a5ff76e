-- After public is migrated, as maj_owner: what a business's role may see of shared tables. Idempotent.
-- Policies are keyed on current_user, which injected SQL cannot set, never on a setting.

CREATE OR REPLACE FUNCTION public.tenant_of(role_name name) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM public.tenants_business WHERE schema_name = role_name::text $$;
REVOKE ALL ON FUNCTION public.tenant_of(name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.tenant_of(name) TO maj_tenant;

GRANT SELECT ON public.django_content_type, public.auth_permission TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, schema_name, slug, name, industry, country, timezone, currency,
              primary_language, colour_primary, status, status_reason,
              data_key, data_key_before, data_key_id)
    ON public.tenants_business TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, business_id, host, is_primary, state)
    ON public.tenants_domain TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, gateway, token, owner_id, account_ref, is_active)
    ON public.tenants_gatewayapp TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, app_id, gateway, kind, external_id, business_id, inbox_id)
    ON public.tenants_inboundroute TO maj_tenant;

REVOKE UPDATE, DELETE ON public.audit_operatorevent, public.audit_operatorseal FROM maj_public;

-- Each table that carries a business is fenced row by row, for its owner too.
DO $$
DECLARE fenced record;
BEGIN
    FOR fenced IN SELECT * FROM (VALUES
        ('tenants_business', 'schema_name = current_user'),
        ('tenants_domain', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_gatewayapp', 'owner_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_inboundroute', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_schemastate', 'false'),
        ('tenants_quarantineddelivery', 'false'),
        ('audit_operatorevent', 'false'),
        ('audit_operatorseal', 'false')
    ) AS t (table_name, own_row) LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', fenced.table_name);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', fenced.table_name);
        EXECUTE format('DROP POLICY IF EXISTS own_row ON public.%I', fenced.table_name);
        EXECUTE format('DROP POLICY IF EXISTS platform ON public.%I', fenced.table_name);
        EXECUTE format('CREATE POLICY own_row ON public.%I FOR SELECT TO maj_tenant USING (%s)',
                       fenced.table_name, fenced.own_row);
        EXECUTE format('CREATE POLICY platform ON public.%I TO maj_owner, maj_public USING (true) WITH CHECK (true)',
                       fenced.table_name);
    END LOOP;
END $$;
