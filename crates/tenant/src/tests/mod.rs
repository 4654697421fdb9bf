//! Stories on a database of their own, with a clock that stands still.

mod batching;
mod deliveries;
mod fields;
mod grouping;
mod importing;
mod inviting;
mod joining;
mod leaving;
mod list_plans;
mod listing;
mod owning;
mod services;
mod signing_in;
mod surviving;
mod switching;
mod switching_many;
mod together;
mod world;
