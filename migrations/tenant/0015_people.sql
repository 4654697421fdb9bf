-- Who asks for something that takes a fresh proof (IN-05) signs in for it: an older proof than this moment will not do.

ALTER TABLE login_attempt ADD COLUMN proof_from BIGINT;      -- NULL: any proof will do

-- Terms and privacy policy (PP-19): versions that are never changed, and who accepted which.
CREATE TABLE terms_version (
    tenant_id    UUID    NOT NULL,
    kind         TEXT    NOT NULL,           -- terms, privacy
    number       BIGINT  NOT NULL,           -- from 1
    body         TEXT,                       -- the text, or
    address      TEXT,                       -- where it stands instead
    asked        BOOLEAN NOT NULL,           -- whether members had to accept it when it was published
    required     BOOLEAN NOT NULL,           -- of each kind the newest such one
    published_at BIGINT  NOT NULL,
    published_by UUID,
    PRIMARY KEY (tenant_id, kind, number)
);
CREATE INDEX terms_version_required ON terms_version (tenant_id, kind, number) WHERE required;

CREATE TABLE terms_acceptance (
    tenant_id   UUID   NOT NULL,
    member_id   UUID   NOT NULL,
    kind        TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, member_id, kind, number)
);
