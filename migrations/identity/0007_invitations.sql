-- Invitations that tenants have asked to be mailed (DESIGN §4.5): the secret of the link is made here, and known here alone.
CREATE TABLE invitation (
    id           UUID    NOT NULL PRIMARY KEY,      -- in the link
    tenant_id    UUID    NOT NULL REFERENCES tenant (id),
    external_id  UUID    NOT NULL,                  -- the tenant's id of it
    secret_hash  BYTEA   NOT NULL,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL,
    given_name   TEXT    NOT NULL,
    family_name  TEXT    NOT NULL,
    locale       TEXT    NOT NULL,
    invited_by   TEXT    NOT NULL,                  -- a name, as the tenant states it
    status       TEXT    NOT NULL,                  -- mailed, limited, unmailable
    mail_id      UUID,                              -- the outbox row
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    opened_at    BIGINT,                            -- the page was looked at; perhaps by a mail scanner
    withdrawn_at BIGINT,
    accepted_at  BIGINT,
    accepted_by  UUID    REFERENCES account (id),
    settled_at   BIGINT                             -- the tenant knows who came
);
CREATE UNIQUE INDEX invitation_by_tenant ON invitation (tenant_id, external_id);
CREATE INDEX invitation_by_expiry ON invitation (expires_at);
CREATE INDEX invitation_to_settle ON invitation (tenant_id, accepted_by, id) WHERE settled_at IS NULL;
