//! Operations of [`people`] and [`invitations`].

use tenant::blueprint::permission::MEMBERS_REVIEW;

use super::operations::{Operation, deed, get};
use super::query::{CURSOR, Kind, LIMIT, Parameter};
use super::{invitations, people};

/// One of the two at most.
const OF_LEDGER: &[Parameter] = &[
    Parameter { name: "member", about: "Only those of this member.", kind: Kind::Id },
    Parameter { name: "state", about: "Only those that have come so far.", kind: Kind::Word(invitations::progress) },
    LIMIT,
    CURSOR,
];

pub(super) fn of_people() -> [Operation; 7] {
    [
        Operation {
            body: Some("NameKeeper"),
            run: |call| Box::pin(people::name_keeper(call)),
            ..deed(
                "/members/{id}/keeper",
                "nameKeeper",
                "Says who keeps the record elsewhere: then it is neither edited nor deleted here. With null, releases it",
            )
        },
        Operation {
            run: |call| Box::pin(people::reset(call)),
            ..deed(
                "/members/{id}/reset",
                "resetPassword",
                "Has a member mailed a way to a new password; the one of now opens this tenant no more",
            )
        },
        Operation {
            run: |call| Box::pin(people::rights(call)),
            ..get(
                "/members/{id}/rights",
                "listRights",
                "Every right of a member, and the roles and groups that give it",
                "Rights",
            )
        },
        Operation {
            permissions: &[MEMBERS_REVIEW],
            run: |call| Box::pin(people::request(call)),
            ..get(
                "/members/{id}/request",
                "getRequest",
                "What somebody wrote who asked to join, and what was decided",
                "Request",
            )
        },
        Operation {
            query: OF_LEDGER,
            run: |call| Box::pin(invitations::list(call)),
            ..get(
                "/invitations",
                "listInvitations",
                "Invitations and what became of them, the newest first",
                "InvitationPage",
            )
        },
        Operation {
            body: Some("CorrectEmail"),
            run: |call| Box::pin(invitations::correct_email(call)),
            ..deed(
                "/members/{id}/email",
                "correctEmail",
                "Corrects where the invitation goes of somebody who has not come yet, and sends it there; needs `roles:write` too",
            )
        },
        Operation {
            body: Some("CorrectDetails"),
            run: |call| Box::pin(invitations::correct_details(call)),
            ..deed(
                "/members/{id}/details",
                "correctDetails",
                "Corrects the name or the language of somebody who has not come yet; what is not told stays, and nobody is mailed",
            )
        },
    ]
}
