-- Whom a provider opens the tenant to, and whose records others keep, in the order by name: a page of them costs the same however many
-- they are.
DROP INDEX member_by_provider;
CREATE INDEX member_by_provider ON member (tenant_id, provider, sort_name, id) WHERE provider IS NOT NULL;
CREATE INDEX member_by_federation ON member (tenant_id, sort_name, id) WHERE provider IS NOT NULL;
DROP INDEX member_by_keeper;
CREATE INDEX member_by_keeper ON member (tenant_id, sort_name, id) WHERE kept_by IS NOT NULL;
