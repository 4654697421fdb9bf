-- The words of the search in the order by name: a page of those who have a word costs the same however many have it.
ALTER TABLE member_word ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
UPDATE member_word SET sort_name = (SELECT m.sort_name FROM member m
    WHERE m.tenant_id = member_word.tenant_id AND m.id = member_word.member_id);

DROP INDEX member_word_by_word;
CREATE INDEX member_word_by_word ON member_word (tenant_id, word, sort_name, member_id);

-- Words with digits are kept apart from now on (crates/tenant/src/members/words.rs): all are written anew, by and by.
UPDATE member SET has_words = FALSE WHERE lifecycle <> 'purged';
