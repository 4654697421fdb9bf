use std::time::Duration;

use Authorization::{Invited, Rejected as Turned, Reviewed, ToReview, UserDeletion};
use Lifecycle::{Active, Deleted, Suspended};

use super::*;
use crate::blueprint::Span;

const T0: Timestamp = Timestamp::from_seconds(1_000_000);
const DAY: Duration = Duration::from_hours(24);

fn policy(entry: StrangerEntry, again: Option<Duration>) -> Strangers {
    Strangers { entry, ask_again_after: again.map(Span) }
}

fn member(authorization: Authorization, locked: bool, lifecycle: Lifecycle) -> Member {
    Member {
        authorization,
        locked,
        lifecycle,
        requested_at: Some(T0),
        decided_at: Some(T0),
        decision_reason: Some("not yet".into()),
        ..Member::sample(T0)
    }
}

#[test]
fn each_combination_of_the_three_axes_has_one_answer() {
    let closed = Entry::Closed;
    let standing = || Entry::Standing { since: T0 };
    let cases = [
        (Reviewed, false, Active, Entry::Admit),
        (Reviewed, true, Active, closed(Closed::Locked)),
        (Reviewed, false, Suspended, closed(Closed::Suspended)),
        (Reviewed, true, Suspended, closed(Closed::Suspended)),
        (Reviewed, false, Deleted, closed(Closed::Deleted)),
        (Reviewed, true, Deleted, closed(Closed::Deleted)),
        (ToReview, false, Active, standing()),
        (ToReview, true, Active, closed(Closed::Locked)),
        (ToReview, false, Suspended, closed(Closed::Suspended)),
        (ToReview, false, Deleted, closed(Closed::Deleted)),
        (Invited, false, Active, Entry::AcceptInvitation),
        (Invited, true, Active, closed(Closed::Locked)),
        (Invited, false, Deleted, closed(Closed::Deleted)),
        (Turned, true, Active, closed(Closed::Locked)),
        (Turned, false, Deleted, closed(Closed::Deleted)),
        (UserDeletion, false, Active, closed(Closed::Inactive)),
        (UserDeletion, true, Active, closed(Closed::Inactive)),
        (UserDeletion, true, Deleted, closed(Closed::Deleted)),
    ];
    let strangers = policy(StrangerEntry::ToReview, None);
    for (authorization, locked, lifecycle, expected) in cases {
        let entry = decide_entry(Some(&member(authorization, locked, lifecycle)), &strangers, T0);
        assert_eq!(entry, expected, "{authorization:?} locked={locked} {lifecycle:?}");
        assert_eq!(entry.has_session(), matches!(entry, Entry::Admit | Entry::Standing { .. }), "{entry:?}");
    }
}

#[test]
fn a_stranger_gets_what_the_blueprint_says() {
    assert_eq!(decide_entry(None, &policy(StrangerEntry::ToReview, None), T0), Entry::Apply);
    let closed = decide_entry(None, &policy(StrangerEntry::InviteOnly, None), T0);
    assert_eq!(closed, Entry::Closed(Closed::InviteOnly));
}

#[test]
fn who_was_rejected_may_ask_again_when_the_blueprint_says() {
    let open = StrangerEntry::ToReview;
    let cases = [
        (policy(open, Some(DAY)), Duration::ZERO, Some(T0.plus(DAY)), false),
        (policy(open, Some(DAY)), DAY - Duration::from_micros(1), Some(T0.plus(DAY)), false),
        (policy(open, Some(DAY)), DAY, Some(T0.plus(DAY)), true),
        (policy(open, None), DAY * 1_000, None, false),
        (policy(StrangerEntry::InviteOnly, Some(DAY)), DAY * 2, None, false),
    ];
    for (strangers, later, at, may) in cases {
        let entry = decide_entry(Some(&member(Turned, false, Active)), &strangers, T0.plus(later));
        let Entry::Rejected(rejected) = entry else { panic!("{entry:?}") };
        assert_eq!((rejected.reason.as_str(), rejected.at), ("not yet", T0));
        assert_eq!((rejected.may_ask_again_at, rejected.may_ask_now), (at, may), "{strangers:?} after {later:?}");
    }
}
