-- Somebody is invited who comes in by one provider alone, from the start: they accept by it.
ALTER TABLE invitation ADD COLUMN provider TEXT;  -- its key, as the tenant last told it; NULL: by whatever account
ALTER TABLE invitation ADD COLUMN preset TEXT;    -- the only subject there that may accept
