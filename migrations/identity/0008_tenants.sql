-- Who runs the platform, how a tenant comes to its server, and how far what is known of its members can be believed.

CREATE TABLE platform_administrator (
    account_id UUID   NOT NULL PRIMARY KEY REFERENCES account (id),
    granted_at BIGINT NOT NULL
);

-- One row, made with the first administrator: its conditional statements decide who is the first, and that one is left.
CREATE TABLE administrator_guard (
    one    BIGINT NOT NULL PRIMARY KEY,          -- always 1
    number BIGINT NOT NULL                       -- of administrators with an account
);

-- An address whose holder becomes an administrator with the account that proves it.
CREATE TABLE administrator_invitation (
    email_key  TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

ALTER TABLE tenant ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';       -- lower case, for the search
ALTER TABLE tenant ADD COLUMN blueprint TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN terms_url TEXT;
ALTER TABLE tenant ADD COLUMN privacy_url TEXT;
ALTER TABLE tenant ADD COLUMN version BIGINT NOT NULL DEFAULT 1;        -- of what its server has to know: name, face, standing
ALTER TABLE tenant ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;     -- when that version came to be
ALTER TABLE tenant ADD COLUMN suspended_at BIGINT;
ALTER TABLE tenant ADD COLUMN deleted_at BIGINT;                        -- the row stays: no later tenant gets its short name
ALTER TABLE tenant ADD COLUMN ending_at BIGINT;                         -- what ends with it is being ended, batch by batch
ALTER TABLE tenant ADD COLUMN server_id UUID;                           -- the tenant server that serves it
ALTER TABLE tenant ADD COLUMN first_administrator TEXT;                 -- JSON; until a tenant server has taken it
UPDATE tenant SET sort_name = lower(name);
CREATE UNIQUE INDEX tenant_by_base_url ON tenant (base_url);
CREATE INDEX tenant_by_server ON tenant (server_id, changed_at, id);
CREATE INDEX tenant_ending ON tenant (ending_at) WHERE ending_at IS NOT NULL;

-- What a tenant server shows once, to be given a tenant.
CREATE TABLE enrolment_code (
    id          UUID   NOT NULL PRIMARY KEY,
    tenant_id   UUID   NOT NULL REFERENCES tenant (id),
    secret_hash BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX enrolment_code_by_tenant ON enrolment_code (tenant_id);
CREATE INDEX enrolment_code_by_expiry ON enrolment_code (expires_at);

-- A process (or several on one database) that serves tenants. One lease speaks for all of them.
CREATE TABLE tenant_server (
    client_id   UUID   NOT NULL PRIMARY KEY REFERENCES client (id),
    key_hash    BYTEA  NOT NULL UNIQUE,          -- of its public key: the same key is the same server
    enrolled_at BIGINT NOT NULL,
    leased_at   BIGINT NOT NULL,                 -- when it last said that what it told is complete
    withheld    TEXT   NOT NULL                  -- JSON array: ids of tenants that it did not say so of
);

CREATE INDEX client_by_name ON client (name, id);
CREATE INDEX session_client_by_client ON session_client (client_id, session_id);
CREATE INDEX consent_by_tenant ON consent (tenant_id, account_id);
CREATE INDEX subject_by_sector ON subject (sector_id, subject);
