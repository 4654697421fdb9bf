//! A world to tell stories in: every server in this process, over real HTTP, with a clock that moves when told to.
//!
//! ```text
//! let mut alice = world.sign_up("alice").await;
//! alice.opens(&world.acme).await.sees("You asked to join");
//! ```

mod browser;
mod database;
mod evil;
mod form;
mod jar;
mod open;
mod page;
mod person;
mod place;
mod platform;
mod providers;
mod rp;
mod seed;
mod wire;
mod world;

use std::time::Duration;

pub use browser::{Person, encode, multipart};
pub use evil::EvilTenant;
pub use open::{client, secret_of};
pub use page::{Page, query, words};
pub use place::{Address, Place};
pub use rp::{Answer, Rp, claims, refreshing, staying, text};
pub use world::{MASTER_KEY, Unusual, World};

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
