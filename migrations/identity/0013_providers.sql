-- Upstream providers, the external identities that they vouch for, and logins that are away at one.
CREATE TABLE provider (
    id          UUID   NOT NULL PRIMARY KEY,
    tenant_id   UUID   REFERENCES tenant (id),   -- its owner; NULL: the platform
    key         TEXT   NOT NULL UNIQUE,          -- `contoso`, or `acme.contoso` if the tenant acme owns it
    name        TEXT   NOT NULL,
    preset      TEXT   NOT NULL,
    issuer      TEXT   NOT NULL,
    settings    TEXT   NOT NULL,                 -- JSON: client, scopes, endpoints
    sealed      BYTEA,                           -- the client's secret or private key, sealed for this row
    domains     TEXT   NOT NULL,                 -- JSON array: e-mail domains that it is trusted for
    shown       TEXT   NOT NULL,                 -- button, hidden, forced
    version     BIGINT NOT NULL,                 -- raised by each change: what was begun under an older one is void
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    disabled_at BIGINT,
    deleted_at  BIGINT
);
CREATE INDEX provider_by_owner ON provider (tenant_id, key);
-- Which provider a domain leads to, of each owner: one at most.
CREATE TABLE provider_domain (
    owner_id    UUID NOT NULL,                   -- the tenant, or nil for the platform
    domain      TEXT NOT NULL,                   -- ASCII, lower case
    provider_id UUID NOT NULL REFERENCES provider (id),
    PRIMARY KEY (owner_id, domain)
);
CREATE INDEX provider_domain_by_provider ON provider_domain (provider_id);
-- An external identity (provider, issuer, subject) tied to an account, in a scope: everywhere (nil), or one tenant.
CREATE TABLE external_identity (
    id          UUID   NOT NULL PRIMARY KEY,
    scope_id    UUID   NOT NULL,                 -- the tenant that it opens alone; nil: everything of the account
    provider_id UUID   NOT NULL REFERENCES provider (id),
    issuer      TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    account_id  UUID   NOT NULL REFERENCES account (id),
    proved_by   TEXT   NOT NULL,                 -- how the tie came to be
    name        TEXT   NOT NULL,                 -- as the provider last stated them
    email       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    used_at     BIGINT
);
-- Nobody shares an external identity, and an account has one of a provider in a scope.
CREATE UNIQUE INDEX external_identity_owner ON external_identity (scope_id, provider_id, issuer, subject);
CREATE UNIQUE INDEX external_identity_of_account ON external_identity (account_id, scope_id, provider_id);
CREATE INDEX external_identity_by_provider ON external_identity (provider_id, issuer, subject);
-- A browser that was sent to a provider: begun, back with an identity, finished.
CREATE TABLE upstream_login (
    id             UUID   NOT NULL PRIMARY KEY,  -- of `state`, with a secret
    secret_hash    BYTEA  NOT NULL,
    provider_id    UUID   NOT NULL REFERENCES provider (id),
    version        BIGINT NOT NULL,              -- the provider's, when it began
    browser_hash   BYTEA  NOT NULL,
    interaction_id UUID   NOT NULL,
    linking        UUID   REFERENCES account (id),  -- whose identity it is to become; NULL: a sign-in
    epoch          BIGINT,                       -- of that account
    sealed         BYTEA  NOT NULL,              -- nonce and PKCE verifier
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    returned_at    BIGINT,                       -- `state` was used
    identity       TEXT,                         -- JSON: who the provider says it is
    candidate      UUID   REFERENCES account (id),  -- whose proof it waits for
    candidate_epoch BIGINT,
    finished_at    BIGINT
);
CREATE INDEX upstream_login_by_interaction ON upstream_login (interaction_id);
CREATE INDEX upstream_login_by_expiry ON upstream_login (expires_at);
CREATE INDEX upstream_login_by_candidate ON upstream_login (candidate) WHERE candidate IS NOT NULL AND finished_at IS NULL;
-- The mail that proves an address on the way: the mail branches, the page does not.
CREATE TABLE upstream_mail (
    id          UUID   NOT NULL PRIMARY KEY,
    secret_hash BYTEA  NOT NULL,
    login_id    UUID   NOT NULL REFERENCES upstream_login (id),
    email       TEXT   NOT NULL,
    email_key   TEXT   NOT NULL,
    account_id  UUID   REFERENCES account (id),
    epoch       BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX upstream_mail_by_expiry ON upstream_mail (expires_at);
CREATE INDEX upstream_mail_by_login ON upstream_mail (login_id);
-- A session that a tenant's own provider made opens that tenant alone.
ALTER TABLE session ADD COLUMN scope_id UUID;
ALTER TABLE session ADD COLUMN identity_id UUID;
ALTER TABLE authentication ADD COLUMN identity_id UUID;      -- the external identity that proved it
ALTER TABLE authentication ADD COLUMN upstream_sid TEXT;     -- the provider's name of its session
CREATE INDEX authentication_by_upstream_sid ON authentication (upstream_sid) WHERE upstream_sid IS NOT NULL;
CREATE INDEX authentication_by_identity ON authentication (identity_id, at) WHERE identity_id IS NOT NULL;
-- Somebody known through one tenant's provider alone: no address, no credential, nothing elsewhere.
ALTER TABLE account ADD COLUMN scope_id UUID;
-- The one platform provider that opens a whole account, if it was switched.
ALTER TABLE account ADD COLUMN provider_id UUID;
ALTER TABLE account ADD COLUMN switched_at BIGINT;
ALTER TABLE account ADD COLUMN compromised BOOLEAN NOT NULL DEFAULT FALSE;
-- What a tenant told of its member's last switch.
ALTER TABLE membership ADD COLUMN switched BIGINT NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN compromised BOOLEAN NOT NULL DEFAULT FALSE;
