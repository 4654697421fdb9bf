-- What ends with an application that is disabled, how many requests one network lets wait, and what goes when its time is over.

-- What ends with it is being ended, batch by batch; until then it is not enabled again.
ALTER TABLE client ADD COLUMN ending_at BIGINT;
CREATE INDEX client_ending ON client (ending_at) WHERE ending_at IS NOT NULL;
CREATE INDEX access_grant_by_client ON access_grant (client_id) WHERE revoked_at IS NULL;

-- The network that a request came from, as a hash: what its allowance is counted by.
ALTER TABLE interaction ADD COLUMN network_hash BYTEA;

-- When housekeeping looks at a session next: at those of its grants that hold nothing any more, and at the session itself.
ALTER TABLE session ADD COLUMN sweep_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_by_sweep ON session (sweep_at, id);
CREATE INDEX authorization_code_by_grant ON authorization_code (grant_id);
CREATE INDEX mail_outbox_finished ON mail_outbox (queued_at) WHERE next_at IS NULL;
