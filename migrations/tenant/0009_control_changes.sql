-- Several processes serve the tenants of one control database. What one of them changes there, the others find by its number:
-- each transaction that changes a served tenant counts the guard row up first, so that numbers become visible in their order.
CREATE TABLE served_change (
    one    BIGINT NOT NULL PRIMARY KEY,          -- always 1
    number BIGINT NOT NULL
);
INSERT INTO served_change (one, number) VALUES (1, 0);

ALTER TABLE served_tenant ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX served_tenant_changed ON served_tenant (changed, id);
