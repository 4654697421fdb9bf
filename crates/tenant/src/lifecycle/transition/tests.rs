use ambient::Timestamp;

use super::*;
use crate::blueprint::Blueprint;

/// The whole table, written by hand. A cell is the state that follows, or why there is none.
const TABLE: &str = "
event         invited  to-review reviewed rejected locked   leaving  suspended deleted  deleted-leaver purged
accept        reviewed reviewed  reviewed reviewed /locked  /asked   /susp     /deleted /deleted       reviewed
request       to-review /nothing /nothing /nothing /locked  /asked   /susp     /deleted /deleted       to-review
return        /already /already  /already /already /already /already /susp     /deleted /deleted       to-review
approve       /nothing reviewed  /nothing /nothing /locked  /asked   /susp     /deleted /deleted       /purged
reject        /nothing rejected  /nothing /nothing /locked  /asked   /susp     /deleted /deleted       /purged
ask-too-early /notrej  /notrej   /notrej  /notyet  /locked  /asked   /susp     /deleted /deleted       /purged
ask-in-time   /notrej  /notrej   /notrej  to-review /locked /asked   /susp     /deleted /deleted       /purged
lock          invited+ to-review+ locked  rejected+ /already /asked  /susp     /deleted /deleted       /purged
unlock        /already /already  /already /already reviewed /asked   /susp     /deleted /deleted       /purged
suspend       invited* to-review* suspended rejected* locked* /asked /already  /deleted /deleted       /purged
resume        /already /already  /already /already /already /already reviewed  /deleted /deleted       /purged
ask-deletion  /nothing /nothing  leaving  /nothing /locked  /already /susp     /deleted /deleted       /purged
keep          /notask  /notask   /notask  /notask  /notask  reviewed /susp     /deleted /deleted       /purged
delete        invited- to-review- deleted rejected- locked- deleted-leaver suspended- /already /already /purged
back-in-time  /already /already  /already /already /already /already /susp     reviewed reviewed       /purged
back-too-late /already /already  /already /already /already /already /susp     /late    /late          /purged
purge         /already /already  /already /already /already /already /susp     purged   purged-leaver  /purged
";

/// A state by its name; `+` is locked, `*` suspended, `-` deleted.
fn state(name: &str) -> Axes {
    use {Authorization as A, Lifecycle as L};
    let axes = |authorization, locked, lifecycle| Axes { authorization, locked, lifecycle };
    let with = |suffix: char| state(name.trim_end_matches(suffix));
    match name {
        "invited" => axes(A::Invited, false, L::Active),
        "to-review" => axes(A::ToReview, false, L::Active),
        "reviewed" => axes(A::Reviewed, false, L::Active),
        "rejected" => axes(A::Rejected, false, L::Active),
        "locked" => axes(A::Reviewed, true, L::Active),
        "leaving" => axes(A::UserDeletion, true, L::Active),
        "suspended" => axes(A::Reviewed, false, L::Suspended),
        "suspended-" | "deleted" => axes(A::Reviewed, false, L::Deleted),
        "deleted-leaver" => axes(A::UserDeletion, true, L::Deleted),
        "purged" => axes(A::Reviewed, false, L::Purged),
        "purged-leaver" => axes(A::UserDeletion, true, L::Purged),
        _ if name.ends_with('+') => Axes { locked: true, ..with('+') },
        _ if name.ends_with('*') => Axes { lifecycle: L::Suspended, ..with('*') },
        _ if name.ends_with('-') => Axes { lifecycle: L::Deleted, ..with('-') },
        other => panic!("no state {other}"),
    }
}

fn refusal(name: &str) -> Refusal {
    match name {
        "nothing" => Refusal::NothingToDecide,
        "notrej" => Refusal::NotRejected,
        "notyet" => Refusal::NotYet,
        "notask" => Refusal::NotAsked,
        "already" => Refusal::AlreadySo,
        "locked" => Refusal::Locked,
        "asked" => Refusal::AskedForDeletion,
        "susp" => Refusal::Suspended,
        "deleted" => Refusal::Deleted,
        "late" => Refusal::TooLate,
        "purged" => Refusal::Purged,
        other => panic!("no refusal {other}"),
    }
}

fn rejected(may_ask_now: bool) -> Rejected {
    Rejected { reason: String::new(), at: Timestamp::from_seconds(0), may_ask_again_at: None, may_ask_now }
}

fn event<'a>(name: &str, early: &'a Rejected, due: &'a Rejected) -> Event<'a> {
    match name {
        "accept" => Event::Accept,
        "request" => Event::Request,
        "return" => Event::Return,
        "approve" => Event::Approve,
        "reject" => Event::Reject,
        "ask-too-early" => Event::AskAgain(early),
        "ask-in-time" => Event::AskAgain(due),
        "lock" => Event::Lock,
        "unlock" => Event::Unlock,
        "suspend" => Event::Suspend,
        "resume" => Event::Resume,
        "ask-deletion" => Event::AskDeletion,
        "keep" => Event::KeepAfterAll,
        "delete" => Event::Delete,
        "back-in-time" => Event::Reactivate { in_time: true },
        "back-too-late" => Event::Reactivate { in_time: false },
        "purge" => Event::Purge,
        other => panic!("no event {other}"),
    }
}

fn everything() -> LifecycleRules {
    Blueprint::shipped("asset-library").unwrap().lifecycle
}

#[test]
fn pp_26_every_event_in_every_state() {
    let (early, due) = (rejected(false), rejected(true));
    let mut lines = TABLE.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let states = lines.next().unwrap();
    let mut events = 0;
    for line in lines {
        assert_eq!(line.len(), states.len(), "{line:?}");
        for (from, expected) in states.iter().zip(&line).skip(1) {
            let outcome = transition(state(from), event(line[0], &early, &due), &everything()).map(|step| step.to);
            let expected = match expected.strip_prefix('/') {
                Some(why) => Err(refusal(why)),
                None => Ok(state(expected)),
            };
            assert_eq!(outcome, expected, "{} from {from}", line[0]);
        }
        events += 1;
    }
    assert_eq!((events, states.len()), (17, 11));
}

#[test]
fn a_lock_stays_on_whoever_is_suspended_or_deleted_and_comes_back_with_them() {
    for (there, back) in [(Event::Suspend, Event::Resume), (Event::Delete, Event::Reactivate { in_time: true })] {
        let away = transition(state("rejected+"), there, &everything()).unwrap().to;
        assert_eq!(transition(away, back, &everything()).unwrap().to, state("rejected+"));
    }
}

#[test]
fn what_a_blueprint_does_not_have_does_not_exist() {
    let none = LifecycleRules::default();
    for (name, from, why) in [
        ("reject", "to-review", Refusal::NotHere),
        ("suspend", "reviewed", Refusal::NotHere),
        ("ask-deletion", "reviewed", Refusal::NotHere),
    ] {
        let (early, due) = (rejected(false), rejected(true));
        assert_eq!(transition(state(from), event(name, &early, &due), &none), Err(why), "{name}");
        assert!(transition(state(from), event(name, &early, &due), &everything()).is_ok(), "{name}");
    }
}

#[test]
fn pp_13_without_a_time_to_come_back_deleting_is_for_good_at_once() {
    use Effect::{EndInvitations, Erase, Mail};
    let window = everything().reactivate_within;
    for (reactivate_within, deletion_mail, to, effects) in [
        (window, false, Lifecycle::Deleted, &[EndInvitations][..]),
        (window, true, Lifecycle::Deleted, &[EndInvitations, Mail(MailKind::Deleted)]),
        (None, false, Lifecycle::Purged, &[EndInvitations, Erase]),
        (None, true, Lifecycle::Purged, &[EndInvitations, Mail(MailKind::Deleted), Erase]),
    ] {
        let rules = LifecycleRules { reactivate_within, deletion_mail, ..LifecycleRules::default() };
        let step = transition(state("reviewed"), Event::Delete, &rules).unwrap();
        assert_eq!((step.to.lifecycle, step.effects), (to, effects));
        // Who never came, and may never have been written to, is told nothing.
        let step = transition(state("invited"), Event::Delete, &rules).unwrap();
        assert!(!step.effects.contains(&Mail(MailKind::Deleted)) && step.effects.contains(&EndInvitations));
    }
}

#[test]
fn who_hears_of_what() {
    use Effect::{Announce, EndInvitations, Erase, Mail};
    let due = rejected(true);
    for (from, event, effects) in [
        ("to-review", Event::Approve, &[Mail(MailKind::Approved)][..]),
        ("to-review", Event::Reject, &[Mail(MailKind::Rejected)]),
        ("rejected", Event::AskAgain(&due), &[Announce]),
        ("invited", Event::Request, &[Announce]),
        ("purged", Event::Return, &[Announce]),
        ("purged", Event::Accept, &[]),
        ("reviewed", Event::Lock, &[Mail(MailKind::Locked)]),
        ("locked", Event::Unlock, &[Mail(MailKind::Unlocked)]),
        // PP-14: nothing to the member, who asked; whoever decides is told beside the table.
        ("reviewed", Event::AskDeletion, &[]),
        ("leaving", Event::KeepAfterAll, &[Mail(MailKind::Unlocked)]),
        // PP-12: no mail to the deleted one; PP-13: none to the one who is back.
        ("leaving", Event::Delete, &[EndInvitations]),
        ("deleted", Event::Reactivate { in_time: true }, &[]),
        ("deleted", Event::Purge, &[Erase]),
        ("reviewed", Event::Suspend, &[]),
        ("suspended", Event::Resume, &[]),
        ("invited", Event::Accept, &[]),
    ] {
        let step = transition(state(from), event, &everything()).unwrap();
        assert_eq!(step.effects, effects, "{event:?} from {from}");
    }
}

#[test]
fn every_transition_has_its_name_in_the_log() {
    let due = rejected(true);
    for (from, event, action) in [
        ("invited", Event::Accept, "member.invitation_accepted"),
        ("purged", Event::Accept, "member.invitation_accepted"),
        ("purged", Event::Return, "member.requested"),
        ("invited", Event::Request, "member.requested"),
        ("to-review", Event::Approve, "member.approved"),
        ("to-review", Event::Reject, "member.rejected"),
        ("rejected", Event::AskAgain(&due), "member.asked_again"),
        ("reviewed", Event::Lock, "member.locked"),
        ("locked", Event::Unlock, "member.unlocked"),
        ("reviewed", Event::Suspend, "member.suspended"),
        ("suspended", Event::Resume, "member.resumed"),
        ("reviewed", Event::AskDeletion, "member.deletion_asked"),
        ("leaving", Event::KeepAfterAll, "member.kept"),
        ("reviewed", Event::Delete, "member.deleted"),
        ("deleted", Event::Reactivate { in_time: true }, "member.reactivated"),
        ("deleted", Event::Purge, "member.purged"),
    ] {
        assert_eq!(transition(state(from), event, &everything()).unwrap().action, action);
    }
}

#[test]
fn rights_and_states_are_told_apart() {
    let about_rights: Vec<&Refusal> = Refusal::ALL.iter().filter(|refusal| refusal.is_about_rights()).collect();
    let expected = [&Refusal::Yourself, &Refusal::Superior, &Refusal::OutOfReach, &Refusal::SuperiorsCome];
    assert_eq!(about_rights, expected);
}

#[test]
fn pp_11_who_has_not_come_hears_of_no_lock() {
    let rules = Blueprint::shipped("asset-library").unwrap().lifecycle;
    let mails = |from: &str, event| transition(state(from), event, &rules).unwrap().effects.len();
    for (from, mailed) in [("invited", 0), ("to-review", 1), ("reviewed", 1), ("rejected", 1)] {
        assert_eq!(mails(from, Event::Lock), mailed, "{from}");
        assert_eq!(mails(&format!("{from}+"), Event::Unlock), mailed, "{from}");
    }
}
