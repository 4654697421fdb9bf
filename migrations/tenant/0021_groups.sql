-- Roles by the groups of a provider (DESIGN §4.10).

-- Which role a group gives: as long as whoever said so could still give it by hand.
CREATE TABLE group_role (
    tenant_id  UUID   NOT NULL,
    provider   TEXT   NOT NULL,              -- its key
    group_name TEXT   NOT NULL,              -- exactly as the provider writes it
    role       TEXT   NOT NULL,              -- a key of the blueprint
    made_by    UUID   NOT NULL,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider, group_name, role)
);

-- By which groups a member has a role, as of their last sign-in.
CREATE TABLE member_group (
    tenant_id  UUID   NOT NULL,
    member_id  UUID   NOT NULL,
    role       TEXT   NOT NULL,
    provider   TEXT   NOT NULL,
    group_name TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, member_id, role, provider, group_name)
);
CREATE INDEX member_group_by_group ON member_group (tenant_id, provider, group_name, role, member_id);

-- A role is held by hand, by a group, or by both.
ALTER TABLE member_role ADD COLUMN by_hand  BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE member_role ADD COLUMN by_group BOOLEAN NOT NULL DEFAULT FALSE;

-- Which groups the identity server is to tell of: it hears the whole list, whenever that has changed.
CREATE TABLE group_ask (
    tenant_id UUID   NOT NULL,
    provider  TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    told      BIGINT NOT NULL,               -- the version that it has heard; 0: none
    attempts  BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);
