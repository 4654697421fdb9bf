-- Which provider states a member's address that nobody has proved (DESIGN §4.2); NULL: the identity server has, or an administrator typed it.
ALTER TABLE member ADD COLUMN stated_by TEXT;
