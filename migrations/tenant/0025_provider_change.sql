-- What is about to be done, or was done, to a provider of this tenant's own: it lives at the identity server, and who gets in is
-- counted here, in the transaction that decides (DESIGN §4.6).
CREATE TABLE provider_change (
    tenant_id  UUID    NOT NULL,
    provider   TEXT    NOT NULL,             -- its key
    closed     BOOLEAN NOT NULL,             -- it opens nothing, or nobody knows yet whether it does
    pending    BOOLEAN NOT NULL,             -- the end of a deed that may close it is not known
    changed_at BIGINT  NOT NULL,             -- nobody has come by it as it is now who has not come since; 0: ever since it is there
    version    BIGINT  NOT NULL,             -- rises with each deed that was begun
    at         BIGINT  NOT NULL,             -- when the last one was
    PRIMARY KEY (tenant_id, provider)
);
CREATE INDEX provider_change_by_time ON provider_change (tenant_id, at);

-- A switch that was marked as compromised is told, even if another one follows before the identity server was.
ALTER TABLE member ADD COLUMN compromised_version BIGINT NOT NULL DEFAULT 0;   -- the member's version at the last such switch; 0: none
UPDATE member SET compromised_version = switched_version WHERE compromised;
ALTER TABLE snapshot ADD COLUMN compromised_version BIGINT NOT NULL DEFAULT 0;
UPDATE snapshot SET compromised_version = COALESCE(switched, 0) WHERE compromised;
