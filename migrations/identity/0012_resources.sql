-- Tokens for a tenant's API (RFC 8707).

ALTER TABLE access_grant ADD COLUMN resource TEXT;   -- the API that its tokens may be for; null: the issuer alone
