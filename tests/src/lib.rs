//! End-to-end tests over real HTTP, grouped by product row. A test reads as a story; what it needs is in `harness`.
//! Names carry the ids of `PRODUCT-ROWS.md` and `SECURITY-BAR.md`.
#![cfg(test)]

mod api;
mod applications;
mod attacks;
mod boundaries;
mod doors;
mod federation;
mod fields;
mod harness;
mod help;
mod housekeeping;
mod imports;
mod invitations;
mod jobs;
mod keepers;
mod leaving;
mod login;
mod logout;
mod members;
mod newcomers;
mod passwords;
mod platform;
mod protocol;
mod records;
mod recovery;
mod resets;
mod schemas;
mod seats;
mod sessions;
mod sign_up;
mod terms;
mod undo;
