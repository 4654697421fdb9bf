-- What a provider states of a name, apart, and the language: who comes by a tenant's own provider is told by it as they are.
ALTER TABLE external_identity ADD COLUMN stated_given_name TEXT NOT NULL DEFAULT '';
ALTER TABLE external_identity ADD COLUMN stated_family_name TEXT NOT NULL DEFAULT '';
ALTER TABLE external_identity ADD COLUMN stated_locale TEXT NOT NULL DEFAULT '';
