-- Somebody whom a tenant's own provider has stated, and who has not joined the tenant: when that was last looked at. NULL: they have.
ALTER TABLE account ADD COLUMN unjoined_at BIGINT;
CREATE INDEX account_unjoined ON account (unjoined_at) WHERE unjoined_at IS NOT NULL;
UPDATE account SET unjoined_at = created_at
    WHERE scope_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM link WHERE link.account_id = account.id);
-- Who goes is looked for in every table that names accounts.
CREATE INDEX subject_by_account ON subject (account_id);
CREATE INDEX access_grant_by_account ON access_grant (account_id);
CREATE INDEX invitation_by_acceptance ON invitation (accepted_by) WHERE accepted_by IS NOT NULL;
