//! Attacks of SECURITY-BAR.md. Each has a positive control: the same without the attack works.

mod audit_log;
mod codes;
mod crowding;
mod endings;
mod enumeration;
mod floods;
mod forms;
mod guesses;
mod headers;
mod invitations;
mod logs;
mod pkce;
mod pre_hijacking;
mod races;
mod redirects;
mod refresh;
mod relying_parties;
mod revocation;
mod scripts;
mod sessions;
mod stale;
mod stored;
mod tenants;
mod upstream;
