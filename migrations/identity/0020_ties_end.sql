-- What was claimed in a tenant under another policy than that of now opens nothing any more: a switch ends it from now on.
DELETE FROM external_identity WHERE id IN (
    SELECT tie.id FROM external_identity tie
    JOIN provider ON provider.id = tie.provider_id
    JOIN account ON account.id = tie.account_id AND account.scope_id IS NULL
    JOIN subject ON subject.sector_id = tie.scope_id AND subject.account_id = tie.account_id
    JOIN membership ON membership.tenant_id = tie.scope_id AND membership.subject = subject.subject
    WHERE (provider.tenant_id IS NULL OR tie.proved_by IN ('first_claim', 'preset'))
        AND (membership.provider IS NULL OR membership.provider <> provider.key)
);
