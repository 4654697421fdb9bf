//! Upstream providers: linking, sessions of a tenant's own provider, switched members (DESIGN §4).

mod groups;
mod linking;
mod mapping;
mod scopes;
mod switching;
mod voids;
