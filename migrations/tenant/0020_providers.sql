-- One named provider alone opens the tenant to a member, from a switch on (DESIGN §4.3).

ALTER TABLE member ADD COLUMN switched_version BIGINT NOT NULL DEFAULT 0;   -- the member's version at the last switch; 0: never
ALTER TABLE member ADD COLUMN switched_at BIGINT;
ALTER TABLE member ADD COLUMN switch_told_at BIGINT;                        -- since when the identity server knows of it
ALTER TABLE member ADD COLUMN compromised BOOLEAN NOT NULL DEFAULT FALSE;   -- the old credential proves nothing any more
ALTER TABLE member ADD COLUMN preset_subject TEXT;                          -- the only subject there that may claim it
ALTER TABLE member ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT FALSE;   -- never switched: a way in when providers fail
CREATE INDEX member_break_glass ON member (tenant_id, id) WHERE break_glass;

ALTER TABLE snapshot ADD COLUMN switched BIGINT;
ALTER TABLE snapshot ADD COLUMN compromised BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE snapshot ADD COLUMN preset TEXT;

-- A sign-in that is tried a second time, because the first came by the wrong provider. There is no third.
ALTER TABLE login_attempt ADD COLUMN once_more BOOLEAN NOT NULL DEFAULT FALSE;

-- Many are switched at once: the identity server is asked first who of them can prove themselves.
ALTER TABLE batch ADD COLUMN sorted  BIGINT NOT NULL DEFAULT 0;             -- the last position that was looked at so
ALTER TABLE batch ADD COLUMN matches BIGINT NOT NULL DEFAULT 0;             -- which list of subjects counts; 0: none was given
CREATE INDEX batch_to_sort ON batch (tenant_id, id) WHERE state = 'sorting';

-- Who is called what at the provider, as a file says. What it comes to stands in the items; this is swept after a day.
CREATE TABLE batch_match (
    tenant_id UUID   NOT NULL,
    batch_id  UUID   NOT NULL,
    list      BIGINT NOT NULL,
    line      BIGINT NOT NULL,               -- its number in the file
    member_id UUID,                          -- who, by this
    email     TEXT,                          -- or by this, in lower case
    subject   TEXT   NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, batch_id, list, line)
);
CREATE INDEX batch_match_by_member ON batch_match (tenant_id, batch_id, list, member_id) WHERE member_id IS NOT NULL;
CREATE INDEX batch_match_by_email ON batch_match (tenant_id, batch_id, list, email) WHERE email IS NOT NULL;
CREATE INDEX batch_match_by_time ON batch_match (tenant_id, added_at);
