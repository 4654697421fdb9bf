-- The API: other systems that act for themselves, and answers that are kept, so that what is sent twice is done once.

-- A service account is a member without a person: its name, roles and lock stand in its member's row (PP-28).
CREATE TABLE service_account (
    tenant_id UUID   NOT NULL,
    client_id TEXT   NOT NULL,              -- at the identity server
    member_id UUID   NOT NULL,
    made_by   UUID   NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, client_id)
);
CREATE UNIQUE INDEX service_account_by_member ON service_account (tenant_id, member_id);

CREATE TABLE api_request (
    tenant_id    UUID   NOT NULL,
    key_hash     BYTEA  NOT NULL,           -- of who asks and their Idempotency-Key
    request_hash BYTEA  NOT NULL,           -- of what they ask
    begun_at     BIGINT NOT NULL,
    status       BIGINT,                    -- of the answer; null: it is being done
    answer       TEXT,
    PRIMARY KEY (tenant_id, key_hash)
);
CREATE INDEX api_request_by_age ON api_request (tenant_id, begun_at);
