-- Signing out at the provider too, and what a tenant may know of logins that ended on the way to it.

-- The ID token of a login at a provider that can end its sessions: what it is told by whose session to end. It goes with ours.
CREATE TABLE upstream_hint (
    id          UUID   NOT NULL PRIMARY KEY,     -- of the login at the provider
    provider_id UUID   NOT NULL REFERENCES provider (id),
    session_id  UUID   REFERENCES session (id),  -- the session that it made; NULL: none yet
    sealed      BYTEA  NOT NULL,                 -- the ID token, sealed for this row
    expires_at  BIGINT NOT NULL
);
CREATE INDEX upstream_hint_by_session ON upstream_hint (session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX upstream_hint_by_expiry ON upstream_hint (expires_at);

-- Somebody has signed out here, and may sign out at a provider: one row for each, all of one sign-out under one departure.
CREATE TABLE upstream_logout (
    id           UUID   NOT NULL PRIMARY KEY,    -- of `state`, with a secret
    departure_id UUID   NOT NULL,                -- stands in the page's address
    browser_hash BYTEA  NOT NULL,
    provider_id  UUID   NOT NULL REFERENCES provider (id),
    sealed       BYTEA,                          -- the ID token, sealed for this row; NULL once the browser has left
    redirect     TEXT,                           -- where the application that began wants the browser afterwards
    secret_hash  BYTEA,
    expires_at   BIGINT NOT NULL,
    left_at      BIGINT,
    returned_at  BIGINT                          -- `state` was used
);
CREATE INDEX upstream_logout_by_departure ON upstream_logout (departure_id);
CREATE INDEX upstream_logout_by_expiry ON upstream_logout (expires_at);

-- Why logins ended on the way to a tenant, as far as that is the tenant's to know.
CREATE TABLE ended_login (
    tenant_id UUID   NOT NULL REFERENCES tenant (id),
    id        UUID   NOT NULL,
    at        BIGINT NOT NULL,
    reference TEXT   NOT NULL,                   -- what the person saw
    provider  TEXT   NOT NULL,                   -- its key
    why       TEXT   NOT NULL,                   -- a word
    detail    TEXT   NOT NULL,                   -- what the tenant's own provider answered, in words for administrators
    subject   TEXT,                              -- the member whom it was about, as the tenant knows them
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ended_login_by_reference ON ended_login (tenant_id, reference);
CREATE INDEX ended_login_by_time ON ended_login (at);
CREATE INDEX audit_entry_reference ON audit_entry (tenant_id, reference, id) WHERE reference IS NOT NULL;
