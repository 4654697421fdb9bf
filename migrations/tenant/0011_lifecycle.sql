-- The whole life of a member: deletion with a time to come back, purge, self-deletion, members who are kept elsewhere.

ALTER TABLE member ADD COLUMN deleted_at BIGINT;             -- since when they can be reactivated, and then purged (PP-13)
ALTER TABLE member ADD COLUMN deleted_by UUID;
ALTER TABLE member ADD COLUMN deletion_asked_at BIGINT;      -- by themselves (PP-14)
ALTER TABLE member ADD COLUMN kept_by TEXT;                  -- who keeps this record; it cannot be edited here (PP-31)
CREATE INDEX member_by_deletion ON member (tenant_id, deleted_at, id) WHERE lifecycle = 'deleted';

-- Guard rows (DESIGN §4.6): whoever may take away a sole survivor raises the counter first, so that two who do so at once
-- meet, and the second counts what the first left.
CREATE TABLE guard (
    tenant_id UUID   NOT NULL,
    name      TEXT   NOT NULL,
    raised    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
