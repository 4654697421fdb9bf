-- What a tenant knows: its members and what they may do. Every key starts with tenant_id (DESIGN §5).

CREATE TABLE member (
    tenant_id           UUID    NOT NULL,
    id                  UUID    NOT NULL,
    subject             TEXT,                -- pairwise, from the identity server; null while merely invited
    -- the three axes (PP-26)
    authorization_state TEXT    NOT NULL,    -- invited, to_review, reviewed, rejected, user_deletion
    locked              BOOLEAN NOT NULL,
    lifecycle           TEXT    NOT NULL,    -- active, suspended, deleted
    -- profile, as UserInfo stated it at the last sign-in
    given_name          TEXT    NOT NULL,
    family_name         TEXT    NOT NULL,
    sort_name           TEXT    NOT NULL,    -- lower case, family name first: the order of lists
    email               TEXT    NOT NULL,
    locale              TEXT    NOT NULL,    -- BCP 47
    picture             TEXT,
    -- the request to join
    request_text        TEXT    NOT NULL,
    requested_at        BIGINT,              -- the latest request
    announced_at        BIGINT,              -- when administrators were told of it
    decided_at          BIGINT,
    decided_by          UUID,                -- the member who decided
    decision_reason     TEXT,
    -- counters
    epoch               BIGINT  NOT NULL,    -- sessions that carry an older one are void
    version             BIGINT  NOT NULL,    -- of the snapshots that the identity server gets
    provider            TEXT,                -- sign-in policy: null is `platform`, else one provider's slug
    created_at          BIGINT  NOT NULL,
    changed_at          BIGINT  NOT NULL,
    last_sign_in        BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX member_by_subject ON member (tenant_id, subject);
CREATE INDEX member_by_name ON member (tenant_id, sort_name, id);
CREATE INDEX member_by_request ON member (tenant_id, authorization_state, requested_at, id);
CREATE INDEX member_by_email ON member (tenant_id, lower(email));

CREATE TABLE member_role (
    tenant_id  UUID   NOT NULL,
    member_id  UUID   NOT NULL,
    role       TEXT   NOT NULL,              -- a key of the blueprint
    granted_at BIGINT NOT NULL,
    granted_by UUID,                         -- null: by the system
    PRIMARY KEY (tenant_id, member_id, role)
);
CREATE INDEX member_role_by_role ON member_role (tenant_id, role, member_id);

-- The truth about a browser session; the web session's record carries this id only.
CREATE TABLE session (
    tenant_id    UUID   NOT NULL,
    id           UUID   NOT NULL,
    member_id    UUID   NOT NULL,
    epoch        BIGINT NOT NULL,            -- the member's, when the session began
    sid          TEXT,                       -- the identity server's name for its session, pairwise
    auth_time    BIGINT,
    acr          TEXT,
    amr          TEXT   NOT NULL,            -- separated by spaces
    id_token     BYTEA  NOT NULL,            -- sealed; the hint for logout
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    end_reason   TEXT,                       -- signed_out, back_channel, replaced
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX session_by_sid ON session (tenant_id, sid);
CREATE INDEX session_by_member ON session (tenant_id, member_id);
CREATE INDEX session_by_expiry ON session (tenant_id, expires_at);

-- An authorization request that is under way.
CREATE TABLE login_attempt (
    tenant_id    UUID   NOT NULL,
    state_hash   BYTEA  NOT NULL,
    browser_hash BYTEA  NOT NULL,            -- of the cookie of the browser that began
    secrets      BYTEA  NOT NULL,            -- sealed: nonce and PKCE verifier
    return_to    TEXT   NOT NULL,            -- a path of ours
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    consumed_at  BIGINT,
    PRIMARY KEY (tenant_id, state_hash)
);
CREATE INDEX login_attempt_by_expiry ON login_attempt (tenant_id, expires_at);

-- Member snapshots on their way to the identity server; delivered ones are removed.
CREATE TABLE snapshot (
    tenant_id  UUID   NOT NULL,
    member_id  UUID   NOT NULL,
    version    BIGINT NOT NULL,
    subject    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    roles      TEXT   NOT NULL,              -- separated by spaces
    provider   TEXT,
    created_at BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, member_id, version)
);
CREATE INDEX snapshot_by_due ON snapshot (tenant_id, due_at, member_id, version);

-- At most one gathered mail about new requests is on its way.
CREATE TABLE request_notice (
    tenant_id UUID   NOT NULL PRIMARY KEY,
    due_at    BIGINT NOT NULL
);

-- The tenant's own keys for private_key_jwt. One is current.
CREATE TABLE client_key (
    tenant_id  UUID   NOT NULL,
    kid        TEXT   NOT NULL,
    public_jwk TEXT   NOT NULL,
    private    BYTEA  NOT NULL,              -- PKCS#8, sealed
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kid)
);

-- Logout tokens that were taken (OpenID Connect Back-Channel Logout 1.0 §2.6).
CREATE TABLE logout_token (
    tenant_id  UUID   NOT NULL,
    jti_hash   BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, jti_hash)
);
CREATE INDEX logout_token_by_expiry ON logout_token (tenant_id, expires_at);
