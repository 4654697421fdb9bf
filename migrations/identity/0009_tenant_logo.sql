-- A tenant's logo as a picture, in the place of its icon.

ALTER TABLE tenant ADD COLUMN logo TEXT;         -- the picture's hash, by which every page and its tenant server name it

CREATE TABLE tenant_logo (
    tenant_id  UUID  NOT NULL PRIMARY KEY REFERENCES tenant (id),
    hash       TEXT  NOT NULL,                   -- SHA-256 of the bytes, hexadecimal
    media_type TEXT  NOT NULL,                   -- image/png, image/jpeg, image/webp: as the bytes say
    bytes      BYTEA NOT NULL
);
CREATE INDEX tenant_logo_by_hash ON tenant_logo (hash);
