-- Tenants' logos as pictures, which the identity server tells of by their hash and gives out once. With SQLite these stand in
-- control.db, as everything about tenants does.

ALTER TABLE served_tenant ADD COLUMN logo TEXT;          -- hash of the picture that is shown; NULL: the icon
ALTER TABLE served_tenant ADD COLUMN wanted_logo TEXT;   -- hash of a picture that was told of and is not here yet
CREATE INDEX served_tenant_wanted_logo ON served_tenant (issuer, id) WHERE wanted_logo IS NOT NULL;

CREATE TABLE served_logo (
    tenant_id  UUID  NOT NULL PRIMARY KEY REFERENCES served_tenant (id),
    hash       TEXT  NOT NULL,
    media_type TEXT  NOT NULL,
    bytes      BYTEA NOT NULL
);
