-- Finding members, and inviting them.

-- Words of names and addresses, lower case, so that a search by the beginnings of words is an index seek. BYTEA, because
-- every database compares bytes in the same order, whatever its collation.
CREATE TABLE member_word (
    tenant_id UUID  NOT NULL,
    member_id UUID  NOT NULL,
    word      BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, member_id, word)
);
CREATE INDEX member_word_by_word ON member_word (tenant_id, word, member_id);

-- Whether a member's words stand in member_word: those from before this table get them in batches.
ALTER TABLE member ADD COLUMN has_words BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX member_without_words ON member (tenant_id, id) WHERE NOT has_words;

-- What is rare in a long list is found without reading the list.
CREATE INDEX member_by_rare_state ON member (tenant_id, authorization_state, id) WHERE authorization_state <> 'reviewed';
CREATE INDEX member_by_rare_lifecycle ON member (tenant_id, lifecycle, id) WHERE lifecycle <> 'active';
CREATE INDEX member_by_lock ON member (tenant_id, id) WHERE locked;

-- One row an invitation; inviting again makes a new one. It is its own outbox: while `due_at` stands, the identity server
-- has to be told (or asked) about it. The secret and the mail are the identity server's.
CREATE TABLE invitation (
    tenant_id    UUID   NOT NULL,
    id           UUID   NOT NULL,
    member_id    UUID   NOT NULL,
    invited_by   UUID   NOT NULL,            -- the member whose rights count when it is accepted
    state        TEXT   NOT NULL,            -- open, accepted, withdrawn, replaced
    email        TEXT   NOT NULL,            -- where it goes
    message      TEXT   NOT NULL,            -- the inviter's words, may be empty
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT,                     -- accepted, withdrawn or replaced
    ended_by     UUID,
    -- what the identity server said last
    status       TEXT,                       -- queued, sent, failed, limited, unmailable
    taken_at     BIGINT,
    sent_at      BIGINT,
    opened_at    BIGINT,
    accepted_at  BIGINT,
    expires_at   BIGINT,
    -- delivery
    revision     BIGINT NOT NULL,            -- rises with each change that has to be told
    attempts     BIGINT NOT NULL,
    due_at       BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX invitation_by_member ON invitation (tenant_id, member_id, id);
CREATE INDEX invitation_by_due ON invitation (tenant_id, due_at, id) WHERE due_at IS NOT NULL;
