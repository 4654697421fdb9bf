-- How long sessions last, what their list shows, and how a forgotten password is replaced by mail.

-- `expires_at` is when the session ends if nobody uses it again; each use moves it on, up to `ends_by`.
ALTER TABLE session ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN idle_for BIGINT NOT NULL DEFAULT 0;         -- microseconds that it may rest
ALTER TABLE session ADD COLUMN ends_by BIGINT NOT NULL DEFAULT 0;          -- the latest end, whatever happens
ALTER TABLE session ADD COLUMN remembered BOOLEAN NOT NULL DEFAULT FALSE;  -- its person asked to stay signed in
ALTER TABLE session ADD COLUMN address TEXT;                               -- where it was last used from, if known
ALTER TABLE session ADD COLUMN replaces UUID;                              -- the same browser's, before a change of password
UPDATE session SET used_at = created_at, idle_for = expires_at - created_at, ends_by = expires_at;

-- The living ones of an account are one range of this index, however many there once were.
DROP INDEX session_by_account;
CREATE INDEX session_by_account ON session (account_id, expires_at);

-- A mailed link that replaces a password. A request for an address without an account leaves a row too, so that both
-- cost the same; it opens nothing.
CREATE TABLE recovery (
    id             UUID   NOT NULL PRIMARY KEY,
    secret_hash    BYTEA  NOT NULL,
    email_key      TEXT   NOT NULL,              -- the address that the mail went to
    account_id     UUID   REFERENCES account (id),
    epoch          BIGINT NOT NULL,              -- the account's when it was asked for: any credential change voids the link
    interaction_id UUID,                         -- the authorization request that waits in the browser that began
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT
);
CREATE INDEX recovery_by_expiry ON recovery (expires_at);
