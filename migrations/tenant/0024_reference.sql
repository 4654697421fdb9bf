-- An entry is found by the reference id that a person has seen.
CREATE INDEX audit_entry_reference ON audit_entry (tenant_id, reference, id) WHERE reference IS NOT NULL;
