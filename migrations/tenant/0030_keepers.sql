-- Who keeps a record elsewhere, from a file (PP-31).

ALTER TABLE import_line ADD COLUMN kept_by TEXT;                            -- null: the file has nothing to say about it
