-- The identity server is told who is a break-glass member, so that it does not switch their account.
ALTER TABLE snapshot ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT FALSE;
