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
