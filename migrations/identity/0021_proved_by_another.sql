-- A link that waits for a proof is proved by another provider: the login that this one is to prove, and nothing else.
ALTER TABLE upstream_login ADD COLUMN proves UUID;
