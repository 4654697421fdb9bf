-- Profile fields (PP-16): the blueprint names some, an administrator adds others. Names, address and language are the account's.

CREATE TABLE tenant_field (
    tenant_id  UUID    NOT NULL,
    key        TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    required   BOOLEAN NOT NULL,
    added_at   BIGINT  NOT NULL,
    removed_at BIGINT,                      -- values stay; a field of the same label brings them back
    PRIMARY KEY (tenant_id, key)
);

CREATE TABLE member_field (
    tenant_id UUID NOT NULL,
    member_id UUID NOT NULL,
    key       TEXT NOT NULL,                -- of the blueprint, or of tenant_field
    value     TEXT NOT NULL,                -- '' once it was emptied
    PRIMARY KEY (tenant_id, member_id, key)
);
