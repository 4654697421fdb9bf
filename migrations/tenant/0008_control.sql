-- What a tenant server knows of itself and of the tenants that it serves. With SQLite these stand in a file of their own
-- (control.db), which has a tenant's schema too and leaves it empty.

-- The key by which the server proves itself: one for all identity servers.
CREATE TABLE server_key (
    one        BIGINT NOT NULL PRIMARY KEY,      -- always 1
    kid        TEXT   NOT NULL,
    private    BYTEA  NOT NULL,                  -- PKCS#8, sealed
    created_at BIGINT NOT NULL
);

-- Where it is enrolled, and how far it has heard of changes there.
CREATE TABLE server_issuer (
    issuer    TEXT   NOT NULL PRIMARY KEY,
    client_id TEXT   NOT NULL,                   -- the server's own client
    heard_at  BIGINT NOT NULL                    -- by that identity server's clock
);

CREATE TABLE served_tenant (
    id          UUID    NOT NULL PRIMARY KEY,
    slug        TEXT    NOT NULL UNIQUE,
    base_url    TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    blueprint   TEXT    NOT NULL,
    issuer      TEXT    NOT NULL,
    client_id   TEXT    NOT NULL,                -- the tenant's own client
    icon        TEXT    NOT NULL,
    accent      TEXT,                            -- #rrggbb
    terms_url   TEXT,
    privacy_url TEXT,
    standing    TEXT    NOT NULL,                -- open, suspended, deleted
    version     BIGINT  NOT NULL,                -- of the facts above, as the identity server counts them
    enrolled_at BIGINT  NOT NULL,
    opened_at   BIGINT                           -- marked before it is opened: it may have something to deliver
);
CREATE INDEX served_tenant_opened ON served_tenant (opened_at) WHERE opened_at IS NOT NULL;

-- Whether the identity server has said anything about a snapshot. One that it never heard of holds back its tenant's lease;
-- one that it answered "unknown" to (no such link) is nobody's danger.
ALTER TABLE snapshot ADD COLUMN unheard BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX snapshot_unheard ON snapshot (tenant_id, created_at) WHERE unheard;
