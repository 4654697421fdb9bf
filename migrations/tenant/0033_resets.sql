-- Since when a member's password is refused here: what a token for the API was given for before is worth nothing.
ALTER TABLE member ADD COLUMN reset_at BIGINT;
