-- Profile fields from a file (PP-16), lines that would let somebody in again, and the columns of a saved view (PP-04).

ALTER TABLE import_line ADD COLUMN fields TEXT;                             -- what the file says of them: JSON, by key

ALTER TABLE import ADD COLUMN reopens   BOOLEAN NOT NULL DEFAULT FALSE;     -- whether it unlocks and reactivates: a word of its own
ALTER TABLE import ADD COLUMN to_reopen BIGINT NOT NULL DEFAULT 0;          -- as it looked
ALTER TABLE import ADD COLUMN reopened  BIGINT NOT NULL DEFAULT 0;          -- as it was done

ALTER TABLE member_view ADD COLUMN shown TEXT NOT NULL DEFAULT '';          -- columns, as they stand in the address; '': the usual ones
