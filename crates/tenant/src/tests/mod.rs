//! Stories on a database of their own, with a clock that stands still.

mod deliveries;
mod joining;
mod listing;
mod signing_in;
mod world;
