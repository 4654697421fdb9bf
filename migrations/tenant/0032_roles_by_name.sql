-- Who holds a role in the order by name: a page of them costs the same however many they are.
ALTER TABLE member_role ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';
UPDATE member_role SET sort_name = COALESCE((SELECT m.sort_name FROM member m
    WHERE m.tenant_id = member_role.tenant_id AND m.id = member_role.member_id), '');
CREATE INDEX member_role_by_name ON member_role (tenant_id, role, sort_name, member_id);
-- Written without it, as a server of before does beside us: placed by and by.
CREATE INDEX member_role_unplaced ON member_role (tenant_id, member_id) WHERE sort_name = '';
