-- Who was switched has claimed themselves at that provider once and unlinked it since: nobody claims them any more, by whatever they
-- have, until the tenant switches them once more.
ALTER TABLE membership ADD COLUMN spent BOOLEAN NOT NULL DEFAULT FALSE;
