-- Somebody is invited who comes in by one provider alone, from the start: they accept by it.
ALTER TABLE invitation ADD COLUMN provider TEXT;  -- its key, as the tenant last told it; NULL: by whatever account
ALTER TABLE invitation ADD COLUMN preset TEXT;    -- the only subject there that may accept
-- Somebody whom one tenant's own provider alone knows proves an address, to have an account of their own (DESIGN §4.2).
CREATE TABLE own_account (
    id           UUID   NOT NULL PRIMARY KEY,   -- in the link
    secret_hash  BYTEA  NOT NULL,
    account_id   UUID   NOT NULL REFERENCES account (id),   -- of the tenant's scope
    epoch        BIGINT NOT NULL,               -- of that account
    browser_hash BYTEA  NOT NULL,               -- the browser that began, and finishes
    email        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT
);
CREATE INDEX own_account_by_expiry ON own_account (expires_at);
