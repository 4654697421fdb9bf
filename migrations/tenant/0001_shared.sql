-- What both servers keep: web sessions, the mail outbox, the audit log.
-- migrations/identity/0001_shared.sql and migrations/tenant/0001_shared.sql are the same, byte for byte.
-- Portable types: UUID BIGINT TEXT BYTEA BOOLEAN; times are microseconds since the Unix epoch, UTC.

-- Browser sessions carry an id only; the cookie's value is stored as a hash (WEB-28).
CREATE TABLE web_session (
    id_hash BYTEA PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_session_expiry ON web_session (expires_at);

-- Mails, written in the transaction that causes them and sent after it, at least once (REL-06).
-- A letter may carry a secret link: it rests sealed, and is erased once it is sent or given up.
CREATE TABLE mail_outbox (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    purpose TEXT NOT NULL,
    address_hash BYTEA NOT NULL,        -- keyed, so that a dump does not tell addresses
    letter BYTEA,                       -- sealed; null once finished
    queued_at BIGINT NOT NULL,
    next_at BIGINT,                     -- when it is due, or a running attempt's lease ends; null once finished
    attempt BIGINT NOT NULL,
    sent_at BIGINT,
    failed_at BIGINT,
    trouble TEXT,                       -- what the last attempt ran into
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mail_outbox_due ON mail_outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX mail_outbox_address ON mail_outbox (tenant_id, address_hash, queued_at);

-- Who did what, appended in the transaction that does it.
CREATE TABLE audit_entry (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    action TEXT NOT NULL,
    target_kind TEXT,
    target_id TEXT,
    reference TEXT,
    detail TEXT NOT NULL,               -- JSON; personal values stand in it as salted hashes
    seal_number BIGINT,                 -- the place in the hash chain, once a sealer has chained it
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_entry_target ON audit_entry (tenant_id, target_kind, target_id, id);

-- The clear values behind those hashes. Purging a person deletes here; the entries stay as they are (WEB-22).
CREATE TABLE audit_personal (
    tenant_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    salt TEXT NOT NULL,
    PRIMARY KEY (tenant_id, entry_id, name)
);
