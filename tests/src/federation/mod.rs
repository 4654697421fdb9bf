//! Upstream providers: linking, sessions of a tenant's own provider, switched members (DESIGN §4).

mod door;
mod ended;
mod glass;
mod groups;
mod guards;
mod invited;
mod keys;
mod linking;
mod mapping;
mod names;
mod own_account;
mod own_providers;
mod reach;
mod scopes;
mod sign_out;
mod switching;
mod ties;
mod voids;
