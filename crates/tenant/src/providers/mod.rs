//! Who opens this tenant to a member: whatever their account allows (`platform`), or exactly one provider (DESIGN §4.3).
//!
//! ```text
//! switch    lifecycle::act(Deed::Switch) ▸ may_switch (pure) ▸ a way in is left? ▸ conditional UPDATE: provider, version, epoch
//!              ▸ audit ▸ snapshot ▸ mail: one transaction. Every session of the member here is void from then on.
//! sign-in   logins::admit(member, idp, member_version): that provider, and told of the switch, or not at all
//! joining   who asks to join, and is known through one of the tenant's own providers alone, is kept to that provider (DESIGN §4.2)
//! newcomers whoever is invited or imported while a provider is named for them carries it from the start (TP-04)
//! fields    what the provider owns is read here and written there (PP-07): Catalogue::owner_of
//! ```
//! The providers themselves live at the identity server; a tenant knows their names ([`Catalogue`]).

mod break_glass;
mod catalogue;
mod newcomers;
mod only_way;
pub mod own;
mod standing;
mod switch;
mod way_in;

pub(crate) use break_glass::{Untold, UseTold, note_use, prepare_use, prepare_use_of};
pub use break_glass::{is_the_only_one, may_set, set};
pub(crate) use catalogue::PLATFORM;
pub use catalogue::{Catalogue, Owner, Provider, is_key};
pub(crate) use newcomers::{Newcomers, for_newcomers, open};
pub use newcomers::{of_newcomers, set_newcomers};
pub(crate) use only_way::keep_to;
pub use switch::{LONGEST_SUBJECT, Switch};
pub(crate) use switch::{apply, as_invited, entry, is_told, judge_switch, switched, tidy};
pub(crate) use way_in::is_the_last_way_in;
pub use way_in::takes_the_last_way_in;
