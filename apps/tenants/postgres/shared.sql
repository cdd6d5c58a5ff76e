-- After public is migrated, as maj_owner: what a business's role may see of shared tables. Idempotent.
-- Policies are keyed on current_user, which injected SQL cannot set, never on a setting.

CREATE OR REPLACE FUNCTION public.tenant_of(role_name name) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM public.tenants_business WHERE schema_name = role_name::text $$;
REVOKE ALL ON FUNCTION public.tenant_of(name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.tenant_of(name) TO maj_tenant;

GRANT SELECT ON public.django_content_type, public.auth_permission TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, schema_name, slug, name, industry, country, timezone, currency,
              primary_language, colour_primary, status, status_reason, languages, digits, legal_name, description_en,
              description_ar, support_email, support_phone, address, website, colour_secondary, colour_accent, logo_key,
              version, closing_until, closing_reminded, shard,
              onboarding_step, onboarding_skipped, onboarded_at, data_key, data_key_before, data_key_id)
    ON public.tenants_business TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, business_id, host, kind, is_primary, state, proof, verified_at)
    ON public.tenants_domain TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, gateway, token, owner_id, account_ref, is_active)
    ON public.tenants_gatewayapp TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, app_id, gateway, kind, external_id, business_id, inbox_id)
    ON public.tenants_inboundroute TO maj_tenant;
GRANT SELECT ON public.billing_plan TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, business_id, plan_id, status, billing, period, period_start, period_end,
              trial_end, past_due_since, cancel_at_end, grace_until, plan_before_id, provider_customer,
              provider_subscription, overrides)
    ON public.billing_subscription TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, subscription_id, number, amount, currency, status, period, note, url)
    ON public.billing_invoice TO maj_tenant;
GRANT SELECT (id, created_at, updated_at, business_id, kind, opened_by, opened_at, until, closed_at, reason,
              operator_id)
    ON public.tenants_supportdoor TO maj_tenant;

REVOKE UPDATE, DELETE ON public.audit_operatorevent, public.audit_operatorseal FROM maj_public;
REVOKE UPDATE, DELETE ON public.tenants_erasurecertificate FROM maj_public;
REVOKE UPDATE, DELETE ON public.tenants_supportdoor FROM maj_public;
GRANT UPDATE (closed_at, updated_at) ON public.tenants_supportdoor TO maj_public;

-- Each table that carries a business is fenced row by row, for its owner too.
DO $$
DECLARE fenced record;
BEGIN
    FOR fenced IN SELECT * FROM (VALUES
        ('tenants_business', 'schema_name = current_user'),
        ('tenants_domain', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_gatewayapp', 'owner_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_inboundroute', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_supportdoor', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('tenants_erasurecertificate', 'false'),
        ('tenants_schemastate', 'false'),
        ('tenants_quarantineddelivery', 'false'),
        ('audit_operatorevent', 'false'),
        ('audit_operatorseal', 'false'),
        ('tenants_signup', 'false'),
        ('tenants_directoryentry', 'false'),
        ('billing_plan', 'true'),
        ('billing_subscription', 'business_id = (SELECT public.tenant_of(current_user))'),
        ('billing_invoice', 'subscription_id IN (SELECT id FROM public.billing_subscription)'),
        ('billing_usageperiod', 'false'),
        ('billing_platformpaymentevent', 'false')
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
