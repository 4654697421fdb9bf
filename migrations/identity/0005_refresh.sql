-- Refresh tokens: one row a family, which is what one grant's tokens are, however often they were exchanged.

-- Granted with `offline_access`: outlives the session it came from.
ALTER TABLE access_grant ADD COLUMN offline BOOLEAN NOT NULL DEFAULT FALSE;

-- The row knows the token that counts and the one before it, by their hashes alone. What is older is recognised by the
-- seal that each token carries, so nothing is kept of it, and a family takes the same room after a thousand exchanges.
CREATE TABLE refresh_family (
    id            UUID   NOT NULL PRIMARY KEY,   -- stands in each of its tokens
    grant_id      UUID   NOT NULL REFERENCES access_grant (id),
    current_hash  BYTEA  NOT NULL,               -- SHA-256 of the secret that counts
    previous_hash BYTEA,                         -- of the one that was exchanged for it
    generation    BIGINT NOT NULL,               -- 0: the first token
    rotated_at    BIGINT NOT NULL,               -- when the one that counts was made
    idle_until    BIGINT NOT NULL,               -- it ends then unless it is exchanged
    ends_by       BIGINT NOT NULL,               -- the latest end, whatever happens
    auth_time     BIGINT NOT NULL,               -- what its ID tokens repeat (OpenID Connect Core §12.2)
    amr           TEXT   NOT NULL,
    acr           TEXT   NOT NULL,
    provider      TEXT   NOT NULL,
    sid           TEXT   NOT NULL
);
CREATE UNIQUE INDEX refresh_family_by_grant ON refresh_family (grant_id);
CREATE INDEX refresh_family_by_end ON refresh_family (idle_until);
