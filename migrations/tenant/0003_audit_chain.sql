-- The audit log's hash chain: a sealer numbers the entries of each tenant and chains them (docs/decisions/008-audit-chain.md).
-- migrations/identity/0003_audit_chain.sql and migrations/tenant/0003_audit_chain.sql are the same, byte for byte.

-- SHA-256 over the hash before it and this entry; null until it is sealed.
ALTER TABLE audit_entry ADD COLUMN chain_hash BYTEA;

-- A number is given once. Entries that are not sealed yet stand in an index of their own, which stays small.
CREATE UNIQUE INDEX audit_entry_seal ON audit_entry (tenant_id, seal_number) WHERE seal_number IS NOT NULL;
CREATE INDEX audit_entry_unsealed ON audit_entry (tenant_id, id) WHERE seal_number IS NULL;

-- Where a chain ends. Its conditional update decides who seals; it is signed, so that nobody else can move it.
CREATE TABLE audit_head (
    tenant_id         UUID   NOT NULL PRIMARY KEY,
    seal_number       BIGINT NOT NULL,
    chain_hash        BYTEA  NOT NULL,
    at                BIGINT NOT NULL,
    public_key        BYTEA  NOT NULL,           -- Ed25519
    signature         BYTEA  NOT NULL,
    checkpoint_number BIGINT NOT NULL,           -- up to where the checkpoints reach
    checkpoint_due    BIGINT                     -- NULL: they reach the head
);
CREATE INDEX audit_head_checkpoint_due ON audit_head (tenant_id) WHERE checkpoint_due IS NOT NULL;

-- Signed statements of where a chain once ended: kept, and exported.
CREATE TABLE audit_checkpoint (
    tenant_id   UUID   NOT NULL,
    seal_number BIGINT NOT NULL,
    chain_hash  BYTEA  NOT NULL,
    at          BIGINT NOT NULL,
    public_key  BYTEA  NOT NULL,
    signature   BYTEA  NOT NULL,
    PRIMARY KEY (tenant_id, seal_number)
);

-- Which node seals a tenant's entries at the moment.
CREATE TABLE audit_lease (
    tenant_id   UUID   NOT NULL PRIMARY KEY,
    holder      UUID   NOT NULL,
    lease_until BIGINT NOT NULL
);
