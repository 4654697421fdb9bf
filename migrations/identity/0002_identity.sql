-- The identity server: accounts and credentials, sessions, tenants and clients, grants, keys.
-- Types are the portable ones (docs/decisions/001-storage.md): UUID BIGINT TEXT BYTEA BOOLEAN. Times are microseconds.

CREATE TABLE account (
    id              UUID    NOT NULL PRIMARY KEY,
    email           TEXT    NOT NULL,            -- as typed
    email_key       TEXT    NOT NULL UNIQUE,     -- canonical: one address, one account
    given_name      TEXT    NOT NULL,
    family_name     TEXT    NOT NULL,
    locale          TEXT    NOT NULL,
    email_proved_at BIGINT  NOT NULL,
    epoch           BIGINT  NOT NULL,            -- credential epoch: a change voids whatever carries an older one
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL
);

CREATE TABLE password (
    account_id UUID   NOT NULL PRIMARY KEY REFERENCES account (id),
    phc        TEXT   NOT NULL,                  -- argon2id, PHC string format
    changed_at BIGINT NOT NULL
);

-- A sign-up that waits for its mailed link. Nothing else exists before the address is proved.
CREATE TABLE sign_up (
    id             UUID   NOT NULL PRIMARY KEY,
    secret_hash    BYTEA  NOT NULL,
    email          TEXT   NOT NULL,
    email_key      TEXT   NOT NULL,
    locale         TEXT   NOT NULL,
    interaction_id UUID,                         -- the authorization request that waits in the browser that began
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT
);
CREATE INDEX sign_up_by_email ON sign_up (email_key, created_at);
CREATE INDEX sign_up_by_expiry ON sign_up (expires_at);

-- Counts against bombing and guessing; one row a key, its window restarts when it is over.
CREATE TABLE allowance (
    kind      TEXT   NOT NULL,
    key_hash  BYTEA  NOT NULL,
    opened_at BIGINT NOT NULL,
    used      BIGINT NOT NULL,
    PRIMARY KEY (kind, key_hash)
);
CREATE INDEX allowance_by_age ON allowance (opened_at);

CREATE TABLE session (
    id           UUID   NOT NULL PRIMARY KEY,
    account_id   UUID   NOT NULL REFERENCES account (id),
    epoch        BIGINT NOT NULL,                -- the account's, when it was made
    user_agent   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX session_by_account ON session (account_id, created_at);

-- How a session's person proved who they are, each time they did.
CREATE TABLE authentication (
    id         UUID   NOT NULL PRIMARY KEY,
    session_id UUID   NOT NULL REFERENCES session (id),
    method     TEXT   NOT NULL,                  -- password …
    provider   TEXT   NOT NULL,                  -- platform, or an upstream provider
    scope      UUID,                             -- the one tenant it counts for; NULL: everywhere
    at         BIGINT NOT NULL
);
CREATE INDEX authentication_by_session ON authentication (session_id, at);

CREATE TABLE tenant (
    id         UUID    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    base_url   TEXT    NOT NULL,
    icon       TEXT    NOT NULL,
    accent     TEXT,                             -- rrggbb
    approval   BOOLEAN NOT NULL,                 -- someone there has to let people in
    created_at BIGINT  NOT NULL
);

CREATE TABLE client (
    id                     UUID    NOT NULL PRIMARY KEY,
    client_id              TEXT    NOT NULL UNIQUE,
    tenant_id              UUID    REFERENCES tenant (id),
    kind                   TEXT    NOT NULL,     -- tenant_instance, tenant_application, platform_application
    name                   TEXT    NOT NULL,
    auth_method            TEXT    NOT NULL,
    secret_hash            BYTEA,
    jwks                   TEXT,
    redirect_uris          TEXT    NOT NULL,     -- JSON arrays
    post_logout_uris       TEXT    NOT NULL,
    backchannel_logout_uri TEXT,
    id_token_alg           TEXT    NOT NULL,
    require_pkce           BOOLEAN NOT NULL,
    grant_types            TEXT    NOT NULL,
    scopes                 TEXT    NOT NULL,
    native                 BOOLEAN NOT NULL,
    home_url               TEXT    NOT NULL,
    created_at             BIGINT  NOT NULL,
    disabled_at            BIGINT
);
CREATE INDEX client_by_tenant ON client (tenant_id, kind);

-- Pairwise subjects: random, stored, one per sector (a tenant, or a platform-wide client), never given to another person.
CREATE TABLE subject (
    sector_id  UUID   NOT NULL,
    account_id UUID   NOT NULL REFERENCES account (id),
    subject    TEXT   NOT NULL UNIQUE,
    PRIMARY KEY (sector_id, account_id)
);

-- The tie account ↔ tenant. A person makes it at /join, nothing else does.
CREATE TABLE link (
    tenant_id  UUID   NOT NULL REFERENCES tenant (id),
    account_id UUID   NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    opened_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX link_by_account ON link (account_id, tenant_id);

-- Read model of the tenants' members, filled by their snapshots in order of version.
CREATE TABLE membership (
    tenant_id  UUID   NOT NULL REFERENCES tenant (id),
    subject    TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    roles      TEXT   NOT NULL,                  -- JSON arrays
    groups     TEXT   NOT NULL,
    provider   TEXT,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);

CREATE TABLE consent (
    account_id UUID   NOT NULL REFERENCES account (id),
    client_id  UUID   NOT NULL REFERENCES client (id),
    tenant_id  UUID   NOT NULL,                  -- the tenant that the application names, or nil
    scopes     TEXT   NOT NULL,                  -- separated by spaces
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id, tenant_id)
);

-- An authorization request (or a page of ours) that waits for a person, bound to the browser that brought it.
CREATE TABLE interaction (
    id           UUID   NOT NULL PRIMARY KEY,
    browser_hash BYTEA  NOT NULL,
    client_id    UUID   REFERENCES client (id),
    request      TEXT   NOT NULL,                -- JSON
    email        TEXT,                           -- what was typed as identifier
    chosen       UUID,                           -- the session chosen in the account chooser
    consented    BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    finished_at  BIGINT
);
CREATE INDEX interaction_by_expiry ON interaction (expires_at);

-- What one person allowed one client in one session; every token of it names it.
CREATE TABLE access_grant (
    id         UUID   NOT NULL PRIMARY KEY,
    client_id  UUID   NOT NULL REFERENCES client (id),
    account_id UUID   NOT NULL REFERENCES account (id),
    session_id UUID   NOT NULL REFERENCES session (id),
    tenant_id  UUID,                             -- the tenant whose membership its tokens speak of
    scopes     TEXT   NOT NULL,
    claims     TEXT   NOT NULL,                  -- JSON array: single claims asked for at UserInfo
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX access_grant_by_session ON access_grant (session_id);
CREATE INDEX access_grant_by_tenant ON access_grant (tenant_id, account_id);

CREATE TABLE authorization_code (
    id             UUID   NOT NULL PRIMARY KEY,
    secret_hash    BYTEA  NOT NULL,
    grant_id       UUID   NOT NULL REFERENCES access_grant (id),
    redirect_uri   TEXT   NOT NULL,
    nonce          TEXT,
    code_challenge TEXT,
    auth_time      BIGINT NOT NULL,
    amr            TEXT   NOT NULL,
    acr            TEXT   NOT NULL,
    provider       TEXT   NOT NULL,
    sid            TEXT   NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT
);
CREATE INDEX authorization_code_by_expiry ON authorization_code (expires_at);

-- Which clients a session has reached, with the sid that their sector knows it by: for logout.
CREATE TABLE session_client (
    session_id UUID   NOT NULL REFERENCES session (id),
    client_id  UUID   NOT NULL REFERENCES client (id),
    sid        TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    PRIMARY KEY (session_id, client_id)
);
CREATE INDEX session_client_by_sid ON session_client (sid);

-- Logout tokens to be sent, written in the transaction that ends the session.
CREATE TABLE logout_delivery (
    session_id UUID   NOT NULL REFERENCES session (id),
    client_id  UUID   NOT NULL REFERENCES client (id),
    sid        TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT,                           -- NULL: delivered or given up
    created_at BIGINT NOT NULL,
    done_at    BIGINT,
    PRIMARY KEY (session_id, client_id)
);
CREATE INDEX logout_delivery_due ON logout_delivery (due_at);

-- Assertions (private_key_jwt) that were used: each jti once until it expires.
CREATE TABLE assertion_use (
    client_id  UUID   NOT NULL,
    jti_hash   BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX assertion_use_by_expiry ON assertion_use (expires_at);

-- publish → sign → retire: listed from created_at, signs from sign_from until sign_until, unlisted after retire_at.
CREATE TABLE signing_key (
    kid        TEXT   NOT NULL PRIMARY KEY,
    algorithm  TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,
    public_jwk TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sign_from  BIGINT NOT NULL,
    sign_until BIGINT NOT NULL,
    retire_at  BIGINT NOT NULL
);
