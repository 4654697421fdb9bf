-- What strangers can make grow stays small, what is over is swept, and what was ended stays ended.

-- How many sign-ins a network has begun and not finished.
ALTER TABLE login_attempt ADD COLUMN network_hash BYTEA;         -- keyed, so that a dump does not tell addresses
CREATE INDEX login_attempt_open ON login_attempt (tenant_id, network_hash, created_at) WHERE consumed_at IS NULL;

-- What a logout token named: a sign-in that was on its way meanwhile begins no session.
ALTER TABLE logout_token ADD COLUMN subject TEXT;
ALTER TABLE logout_token ADD COLUMN sid TEXT;
ALTER TABLE logout_token ADD COLUMN issued_at BIGINT;            -- by the identity server's clock
CREATE INDEX logout_token_by_sid ON logout_token (tenant_id, sid, expires_at);
CREATE INDEX logout_token_by_subject ON logout_token (tenant_id, subject, expires_at) WHERE sid IS NULL;

-- Mails that were sent or given up, oldest first.
CREATE INDEX mail_outbox_finished ON mail_outbox (tenant_id, queued_at) WHERE next_at IS NULL;
