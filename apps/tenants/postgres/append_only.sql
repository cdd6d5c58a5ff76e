-- After business.sql, once the tables are there, as maj_owner: what a business's role may not do with some of them.
-- Parameter: {schema}, as there.

REVOKE UPDATE, DELETE ON {schema}.audit_auditevent FROM {schema};
REVOKE UPDATE, DELETE ON {schema}.audit_auditseal FROM {schema};
REVOKE UPDATE, DELETE ON {schema}.bookings_serviceprice FROM {schema};
REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {schema};
