-- By whom an administrator was made.
ALTER TABLE platform_administrator ADD COLUMN granted_by UUID;   -- an account; NULL: the operator, or it was not written down
