-- Who is there for the day when providers fail, as their tenants tell: their accounts are never switched to one.
ALTER TABLE membership ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT FALSE;
