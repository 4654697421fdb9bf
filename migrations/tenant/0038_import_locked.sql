-- Somebody who is deactivated may be locked too: one word for both axes loses the lock on its way to another tenant.
ALTER TABLE import_line ADD COLUMN locked BOOLEAN;                          -- null: the line is wrong, or was staged before
