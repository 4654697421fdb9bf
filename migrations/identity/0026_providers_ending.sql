-- What a disabled or removed provider has opened is being ended, batch by batch; also what was left when that was cut short before.
ALTER TABLE provider ADD COLUMN ending_at BIGINT;
CREATE INDEX provider_ending ON provider (ending_at) WHERE ending_at IS NOT NULL;
UPDATE provider SET ending_at = disabled_at WHERE disabled_at IS NOT NULL;
