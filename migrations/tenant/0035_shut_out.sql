-- When a member was last shut out: an access token from before opens nothing any more, whoever lets them in again (IN-03).
ALTER TABLE member ADD COLUMN shut_out_at BIGINT;
