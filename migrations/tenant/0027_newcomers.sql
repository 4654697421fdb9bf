-- How new members come in (TP-04): the administrators' word. Without a row, the blueprint's counts.
CREATE TABLE newcomer_policy (
    tenant_id UUID   NOT NULL PRIMARY KEY,
    provider  TEXT,                          -- the key of the one provider that they are for; NULL: whatever their account allows
    set_by    UUID   NOT NULL,
    set_at    BIGINT NOT NULL
);
