-- Who is away to link a further way in, found when a tenant refuses the password that they may have begun by.
CREATE INDEX upstream_login_by_linking ON upstream_login (linking) WHERE linking IS NOT NULL AND finished_at IS NULL;
