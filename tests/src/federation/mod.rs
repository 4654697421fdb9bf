//! Upstream providers: linking, sessions of a tenant's own provider, switched members (DESIGN §4).

mod linking;
mod own_providers;
mod scopes;
mod switching;
mod voids;
