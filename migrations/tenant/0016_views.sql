-- Searches of the list of members, kept under a name (PP-04), and the filters that few members fit.

CREATE TABLE member_view (
    tenant_id UUID    NOT NULL,
    id        UUID    NOT NULL,
    owner_id  UUID    NOT NULL,             -- the member who keeps it
    name      TEXT    NOT NULL,
    search    TEXT    NOT NULL,             -- in the words of the search field
    shared    BOOLEAN NOT NULL,             -- everybody who sees the list sees it
    saved_at  BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX member_view_by_name ON member_view (tenant_id, owner_id, name);
CREATE INDEX member_view_shared ON member_view (tenant_id, name, id) WHERE shared;

CREATE INDEX member_by_provider ON member (tenant_id, provider, id) WHERE provider IS NOT NULL;
CREATE INDEX member_by_keeper ON member (tenant_id, id) WHERE kept_by IS NOT NULL;

-- What one member did, and where one thing was done, newest first (PP-17).
CREATE INDEX audit_entry_actor ON audit_entry (tenant_id, actor_kind, actor_id, id);
CREATE INDEX audit_entry_action ON audit_entry (tenant_id, action, id);

-- Rare states in the order by name: a page of them costs the same however many there are.
DROP INDEX member_by_rare_state;
CREATE INDEX member_by_rare_state ON member (tenant_id, authorization_state, sort_name, id)
    WHERE authorization_state <> 'reviewed';
DROP INDEX member_by_rare_lifecycle;
CREATE INDEX member_by_rare_lifecycle ON member (tenant_id, lifecycle, sort_name, id) WHERE lifecycle <> 'active';
DROP INDEX member_by_lock;
CREATE INDEX member_by_lock ON member (tenant_id, sort_name, id) WHERE locked;

-- How many wait stands on every page of an administrator: it is counted in the index alone.
DROP INDEX member_by_request;
CREATE INDEX member_by_request ON member (tenant_id, authorization_state, requested_at, id, locked, lifecycle);
