-- Who is opened by one provider: asked before it is removed.
CREATE INDEX account_by_provider ON account (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX membership_by_provider ON membership (tenant_id, provider) WHERE provider IS NOT NULL;
