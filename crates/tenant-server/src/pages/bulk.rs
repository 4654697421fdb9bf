//! What can be done to a selection in the list, and to whom of it ("lock 4 of 5", PP-08).

use std::collections::BTreeSet;

use tenant::lifecycle::{Deed, HowRoles, Target};
use tenant::members::{MemberId, MemberRow};
use tenant::sessions::Visitor;
use webkit::Visit;

use super::deed::Offers;
use crate::instance::App;

/// A button under the list.
pub(crate) struct BulkDeed {
    pub name: &'static str,
    pub label: String,
}

/// Every deed that may be done to many, as it is without its details.
fn all() -> [Deed; 13] {
    let roles = BTreeSet::new;
    [
        Deed::Invite,
        Deed::Withdraw,
        Deed::Approve { roles: roles() },
        Deed::Reject { reason: String::new() },
        Deed::Roles { how: HowRoles::Add, roles: roles() },
        Deed::Switch { to: None, compromised: false, preset: None },
        Deed::Lock,
        Deed::Unlock,
        Deed::Suspend,
        Deed::Resume,
        Deed::Keep,
        Deed::Reactivate,
        Deed::Delete,
    ]
}

/// Those that this visitor may do, in a tenant that does them.
pub(super) fn offered(app: &App, visitor: &Visitor) -> Vec<BulkDeed> {
    let rules = &app.tenant.blueprint.lifecycle;
    let exists = |deed: &Deed| match deed {
        Deed::Reject { .. } => rules.rejection,
        Deed::Suspend | Deed::Resume => rules.suspension,
        Deed::Keep => rules.self_deletion,
        Deed::Reactivate => rules.reactivate_within.is_some(),
        _ => true,
    };
    let may = |deed: &Deed| exists(deed) && visitor.rights.has(deed.permission());
    let button = |deed: Deed| BulkDeed { name: deed.name(), label: format!("deed-{}", deed.name()) };
    all().into_iter().filter(may).map(button).collect()
}

/// The names of those that would do something to this member; `invited`: whose invitation is open.
pub(super) fn fitting(
    app: &App,
    visit: &Visit,
    visitor: &Visitor,
    row: &MemberRow,
    invited: &BTreeSet<MemberId>,
) -> String {
    let (context, roles, follows) = (app.context(visit), row.roles(), row.follows());
    let offers = Offers::of(&context, visitor, Target { member: &row.member, roles: &roles, follows: &follows });
    let fits = |deed: &Deed| match deed {
        // Which provider it is, the next page asks.
        Deed::Switch { .. } => offers.may_switch(),
        Deed::Withdraw => invited.contains(&row.member.id) && offers.offers(&Deed::Withdraw),
        deed => offers.offers(deed),
    };
    let fitting = all().into_iter().filter(fits).map(|deed| deed.name());
    fitting.collect::<Vec<_>>().join(" ")
}
