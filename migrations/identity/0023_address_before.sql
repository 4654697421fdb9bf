-- The address that a provider stated at the login before, where it states another one now: contact data, shown to its person.
ALTER TABLE external_identity ADD COLUMN email_before TEXT;
