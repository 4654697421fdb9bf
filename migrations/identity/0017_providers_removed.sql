-- How many providers an owner has, and has removed lately, is counted with each that is added.
CREATE INDEX provider_by_removal ON provider (tenant_id, deleted_at);
