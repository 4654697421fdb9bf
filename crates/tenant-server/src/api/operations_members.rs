//! Operations of [`members`]: the list, as pages and as a file.

use oidc::scope::MEMBERS_WRITE;
use tenant::blueprint::permission::MEMBERS_MANAGE;
use tenant::members::{MemberFilter, Stage};

use super::members;
use super::operations::{Operation, deed, get};
use super::query::{CURSOR, Kind, LIMIT, Parameter};
use crate::outgoing::Format;

/// The filters of the list, and these beside them.
macro_rules! filters {
    ($($beside:expr),+) => {
        &[
            Parameter {
                name: "q",
                about: "Words that begin names or addresses; `isLocked:true` and the like too.",
                kind: Kind::Text,
            },
            Parameter {
                name: "state",
                about: "The axis *authorization*, or what a member's `state` says of all axes at once.",
                kind: Kind::Word(|| MemberFilter::states().collect()),
            },
            Parameter { name: "locked", about: "The axis *lock*.", kind: Kind::Flag },
            Parameter {
                name: "lifecycle",
                about: "The axis *lifecycle*; `not_deleted` is whoever is neither deleted nor erased. Who was erased is found by `purged` alone.",
                kind: Kind::Word(|| Stage::ALL.iter().map(|stage| stage.word()).collect()),
            },
            Parameter { name: "role", about: "The key of a role.", kind: Kind::Text },
            Parameter { name: "support", about: "Whether they are support users.", kind: Kind::Flag },
            Parameter { name: "federated", about: "Whether one provider alone opens the tenant to them.", kind: Kind::Flag },
            Parameter { name: "provider", about: "The key of that provider.", kind: Kind::Text },
            Parameter { name: "readonly", about: "Whether their record is kept elsewhere.", kind: Kind::Flag },
            Parameter { name: "inactive", about: "They have not come in since that day, `2026-02-28`.", kind: Kind::Text },
            $($beside),+
        ]
    };
}

const OF_MEMBERS: &[Parameter] = filters![LIMIT, CURSOR];

const OF_EXPORT: &[Parameter] = filters![Parameter {
    name: "format",
    about: "What the file is written in; `csv` unless said.",
    kind: Kind::Word(|| Format::ALL.map(Format::word).to_vec()),
}];

pub(super) fn of_members() -> [Operation; 4] {
    [
        Operation {
            query: OF_MEMBERS,
            run: |call| Box::pin(members::list(call)),
            ..get("/members", "listMembers", "Members by name, narrowed by filters", "MemberPage")
        },
        Operation {
            permissions: &[MEMBERS_MANAGE],
            query: OF_EXPORT,
            files: members::FILES,
            run: |call| Box::pin(members::export(call)),
            ..get(
                "/members/export",
                "exportMembers",
                "All members whom the filters leave, profile fields included, as a file that an import reads",
                "MemberLine",
            )
        },
        Operation {
            scopes: &[MEMBERS_WRITE],
            body: Some("Invite"),
            answer: (201, "MemberTold"),
            run: |call| Box::pin(members::invite(call)),
            ..deed("/members", "inviteMember", "Invites somebody; roles need `roles:write` too")
        },
        get("/members/{id}", "getMember", "One member", "Member"),
    ]
}
