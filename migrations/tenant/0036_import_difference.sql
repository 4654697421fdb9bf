-- What each line changes of somebody, or has changed: JSON, without names and addresses; null: nothing, or looked at before this.
ALTER TABLE import_line ADD COLUMN difference TEXT;

-- Whether a batch was taken back already.
CREATE INDEX batch_by_undone ON batch (tenant_id, undo_of, id) WHERE undo_of IS NOT NULL;
