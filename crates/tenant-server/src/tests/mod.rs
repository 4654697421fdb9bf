//! Stories over HTTP, against an identity server that does what the test says.

mod browser;
mod enrolling;
mod housekeeping;
mod idp;
mod joining;
mod logging_out;
mod pages;
mod provider_api;
mod provider_jobs;
mod providers;
mod signing_in;
mod texts;
mod world;
