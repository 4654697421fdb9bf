//! Upstream providers: linking, sessions of a tenant's own provider, switched members (DESIGN §4).

mod door;
mod ended;
mod linking;
mod own_providers;
mod groups;
mod linking;
mod mapping;
mod scopes;
mod sign_out;
mod switching;
mod voids;
