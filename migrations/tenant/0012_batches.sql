-- Deeds done to many members at once: chosen, looked at before, done in small transactions, taken back.

CREATE TABLE batch (
    tenant_id  UUID   NOT NULL,
    id         UUID   NOT NULL,
    deed       TEXT   NOT NULL,              -- JSON
    search     TEXT,                         -- the search that chose its members; null: chosen one by one
    undo_of    UUID,                         -- the batch that it takes back
    retry_of   UUID,                         -- the batch whose failures it tries once more
    state      TEXT   NOT NULL,              -- gathering, ready, running, done, cancelled
    made_by    UUID   NOT NULL,              -- whose rights count, at every moment
    made_at    BIGINT NOT NULL,
    started_at BIGINT,
    ended_at   BIGINT,
    gathered   UUID,                         -- a search has come to this member
    items      BIGINT NOT NULL,
    fitting    BIGINT NOT NULL,              -- of them it will do something to, as it looked
    come_to    BIGINT NOT NULL,              -- how many it has come to
    reached    BIGINT NOT NULL,              -- the last position of them: each chunk moves it on, once
    changed    BIGINT NOT NULL,
    unchanged  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX batch_at_work ON batch (tenant_id, id) WHERE state IN ('gathering', 'running');

CREATE TABLE batch_item (
    tenant_id UUID   NOT NULL,
    batch_id  UUID   NOT NULL,
    position  BIGINT NOT NULL,               -- rises; not without gaps
    member_id UUID   NOT NULL,
    deed      TEXT,                          -- JSON, where it is not the batch's: what takes one back
    since     BIGINT,                        -- to be done only if the member's version is still this one
    outlook   TEXT   NOT NULL,               -- before: fits, already, or the word of a refusal
    outcome   TEXT,                          -- after: changed, unchanged, or why not; null: not come to
    undo      TEXT,                          -- JSON: the deed that takes it back
    version   BIGINT,                        -- the member's, after it
    PRIMARY KEY (tenant_id, batch_id, position)
);
CREATE UNIQUE INDEX batch_item_by_member ON batch_item (tenant_id, batch_id, member_id);
CREATE INDEX batch_item_by_outlook ON batch_item (tenant_id, batch_id, outlook, position);
CREATE INDEX batch_item_by_outcome ON batch_item (tenant_id, batch_id, outcome, position);
