-- A tenant refuses a password until it is changed: which one of its account's it was.
ALTER TABLE password ADD COLUMN version BIGINT NOT NULL DEFAULT 0;   -- raised by each change
ALTER TABLE link ADD COLUMN password_refused BIGINT;                 -- the version that opens this tenant to nobody
