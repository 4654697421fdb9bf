-- The groups that a provider stated of somebody, as far as they were read, and which of them a tenant asks for.
ALTER TABLE authentication ADD COLUMN upstream_groups TEXT;   -- JSON; NULL: none was stated
ALTER TABLE access_grant ADD COLUMN proof_id UUID;            -- the authentication that its code was written for
-- A tenant hears of these groups, and of no others.
CREATE TABLE asked_groups (
    tenant_id   UUID   NOT NULL REFERENCES tenant (id),
    provider_id UUID   NOT NULL REFERENCES provider (id),
    version     BIGINT NOT NULL,                              -- the tenant's; an older list changes nothing
    names       TEXT   NOT NULL,                              -- JSON array
    PRIMARY KEY (tenant_id, provider_id)
);
