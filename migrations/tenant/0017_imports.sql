-- Members from a file: each line staged, looked at before anything is done, done in small transactions.

CREATE TABLE import (
    tenant_id  UUID    NOT NULL,
    id         UUID    NOT NULL,
    file_name  TEXT    NOT NULL,             -- as the browser said; foreign text
    ignored    TEXT    NOT NULL,             -- columns of it that mean nothing here, separated by line ends
    invites    BOOLEAN NOT NULL,             -- whether whoever is new is sent an invitation
    state      TEXT    NOT NULL,             -- receiving, looking, ready, running, done, cancelled
    made_by    UUID    NOT NULL,             -- whose rights count, at every moment
    made_at    BIGINT  NOT NULL,
    started_at BIGINT,
    ended_at   BIGINT,
    lines      BIGINT  NOT NULL,             -- how many were staged
    looked     BIGINT  NOT NULL,             -- the last line that was looked at: each chunk moves it on, once
    reached    BIGINT  NOT NULL,             -- the last line that was done, likewise
    -- as it looked
    to_add     BIGINT  NOT NULL,
    to_change  BIGINT  NOT NULL,
    to_keep    BIGINT  NOT NULL,
    to_fail    BIGINT  NOT NULL,
    -- as it was done
    added      BIGINT  NOT NULL,
    changed    BIGINT  NOT NULL,
    kept       BIGINT  NOT NULL,
    failed     BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX import_at_work ON import (tenant_id, id) WHERE state IN ('looking', 'running');
CREATE INDEX import_open ON import (tenant_id, id) WHERE ended_at IS NULL;
CREATE INDEX import_by_time ON import (tenant_id, made_at, id);

CREATE TABLE import_line (
    tenant_id    UUID    NOT NULL,
    import_id    UUID    NOT NULL,
    line         BIGINT  NOT NULL,           -- its number in the file
    readable     BOOLEAN NOT NULL,           -- if not, `fault` says why, for good
    email        TEXT,
    address      TEXT,                       -- the same as it is compared: canonical, lower case
    told_once    TEXT,                       -- the address, of lines that may not be doubled
    given_name   TEXT,                       -- null: the file has nothing to say about it
    family_name  TEXT,
    locale       TEXT,
    state        TEXT,
    roles        TEXT,                       -- keys, separated by spaces
    provider     TEXT,
    standing     TEXT,                       -- new, changed, unchanged, wrong: as it looks, or was done; null: not looked at
    fault        TEXT,                       -- what is wrong: a word
    fault_column TEXT,
    fault_about  TEXT,
    member_id    UUID,                       -- whom it made or changed
    PRIMARY KEY (tenant_id, import_id, line)
);
CREATE INDEX import_line_once ON import_line (tenant_id, import_id, told_once, line) WHERE told_once IS NOT NULL;
CREATE INDEX import_line_by_standing ON import_line (tenant_id, import_id, standing, line);
CREATE INDEX import_line_by_member ON import_line (tenant_id, member_id) WHERE member_id IS NOT NULL;
