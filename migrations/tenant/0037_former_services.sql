-- A service account that was erased before its client was let in anew: its record stays another system's and no person's, and what its
-- client did until then stays its own (PP-28).
CREATE TABLE former_service_account (
    tenant_id UUID   NOT NULL,
    member_id UUID   NOT NULL,
    client_id TEXT   NOT NULL,              -- at the identity server
    made_by   UUID   NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, member_id)
);
CREATE INDEX former_service_account_by_client ON former_service_account (tenant_id, client_id);
