-- The ledger of all invitations, the newest first, by how far they have come (PP-03).

CREATE INDEX invitation_by_state ON invitation (tenant_id, state, id);
