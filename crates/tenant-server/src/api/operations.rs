//! The table: every operation of the API, once.

use std::pin::Pin;
use std::sync::LazyLock;

use axum::routing::MethodFilter;
use oidc::scope::{AUDIT_READ, JOBS_READ, MEMBERS_READ, MEMBERS_WRITE, PROVIDERS_WRITE, ROLES_WRITE};
use tenant::blueprint::permission::{
    AUDIT_VIEW, MEMBERS_MANAGE, MEMBERS_REVIEW, MEMBERS_VIEW, PROVIDERS_MANAGE, ROLES_MANAGE,
};
use webkit::BODY_LIMIT;

use super::operations_members::of_members;
use super::operations_people::of_people;
use super::problem::Problem;
use super::query::{CURSOR, Kind, LIMIT, Parameter};
use super::serve::{Call, Reply};
use super::{
    audit_log, groups, imports, jobs, members, operations_settings, own_providers, providers, roles, service_accounts,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

impl Method {
    pub(super) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
        }
    }

    /// As a document names it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send>>;

/// One thing that can be asked for.
pub(super) struct Operation {
    pub method: Method,
    /// Below the API's address.
    pub path: &'static str,
    /// Its name in programs.
    pub id: &'static str,
    pub summary: &'static str,
    /// The token needs one of them; what the body asks for may need more.
    pub scopes: &'static [&'static str],
    /// The caller needs all of them.
    pub permissions: &'static [&'static str],
    pub query: &'static [Parameter],
    /// The schema of the body.
    pub body: Option<&'static str>,
    /// The longest body, in bytes.
    pub longest: usize,
    /// Whether the body is a file instead, of any size.
    pub file: bool,
    /// The status and schema of the answer.
    pub answer: (u16, &'static str),
    /// The kinds of file that are answered instead, if any are: of these the schema is a line.
    pub files: &'static [&'static str],
    pub run: fn(Call) -> Answering,
}

pub(super) const PAGED: &[Parameter] = &[LIMIT, CURSOR];

const OF_ITEMS: &[Parameter] = &[
    Parameter { name: "outcome", about: "Only those that came to this.", kind: Kind::Word(jobs::outcomes) },
    LIMIT,
    CURSOR,
];

const OF_LINES: &[Parameter] = &[
    Parameter { name: "outcome", about: "Only those that come to this.", kind: Kind::Word(imports::outcomes) },
    LIMIT,
    CURSOR,
];

const OF_A_FILE: &[Parameter] = &[
    Parameter { name: "file_name", about: "What the file is called.", kind: Kind::Text },
    Parameter { name: "invite", about: "Whether whoever is new is sent an invitation.", kind: Kind::Flag },
];

/// One of the first three at most: each has an order of its own in the log, by which it is read.
const OF_LOG: &[Parameter] = &[
    Parameter {
        name: "member",
        about: "Only what was done to this member; not with `actor` or `action`.",
        kind: Kind::Id,
    },
    Parameter {
        name: "actor",
        about: "Only what this member did, a service account under its client; not with `member` or `action`.",
        kind: Kind::Id,
    },
    Parameter {
        name: "action",
        about: "Only this; not with `member` or `actor`.",
        kind: Kind::Word(audit_log::actions),
    },
    Parameter { name: "since", about: "From that day on (UTC).", kind: Kind::Day },
    Parameter { name: "until", about: "To the end of that day (UTC).", kind: Kind::Day },
    LIMIT,
    CURSOR,
];

/// Reading.
pub(super) const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answer: &'static str,
) -> Operation {
    Operation {
        method: Method::Get,
        path,
        id,
        summary,
        scopes: &[MEMBERS_READ],
        permissions: &[MEMBERS_VIEW],
        query: &[],
        body: None,
        longest: BODY_LIMIT,
        file: false,
        answer: (200, answer),
        files: &[],
        run: |call| Box::pin(members::show(call)),
    }
}

/// A deed done to one member.
pub(super) const fn deed(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation {
        method: Method::Post,
        scopes: &[MEMBERS_WRITE],
        permissions: &[MEMBERS_MANAGE],
        run: |call| Box::pin(members::perform(call)),
        ..get(path, id, summary, "Done")
    }
}

/// What is done with a job.
const fn turn(path: &'static str, id: &'static str, summary: &'static str, status: u16) -> Operation {
    Operation {
        method: Method::Post,
        scopes: jobs::CHANGES,
        answer: (status, "Job"),
        run: |call| Box::pin(jobs::turn(call)),
        ..get(path, id, summary, "Job")
    }
}

pub(super) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let all = of_members().into_iter().chain(deeds()).chain(of_jobs()).chain(of_imports()).chain(of_the_tenant());
    let all = all.chain(of_own_providers()).chain(of_groups()).chain(of_people());
    all.chain(operations_settings::all()).collect()
});

fn deeds() -> [Operation; 15] {
    let review = |path, id, summary, body| Operation {
        permissions: &[MEMBERS_REVIEW],
        body: Some(body),
        ..deed(path, id, summary)
    };
    [
        review("/members/{id}/approve", "approveMember", "Lets in who asked; roles need `roles:write` too", "Approve"),
        review("/members/{id}/reject", "rejectMember", "Turns down who asked", "Reject"),
        deed("/members/{id}/lock", "lockMember", "Locks"),
        deed("/members/{id}/unlock", "unlockMember", "Unlocks"),
        deed("/members/{id}/suspend", "suspendMember", "Deactivates for a while"),
        deed("/members/{id}/resume", "resumeMember", "Ends that"),
        deed("/members/{id}/delete", "deleteMember", "Deletes, to be taken back within the time for it"),
        deed("/members/{id}/reactivate", "reactivateMember", "Takes a deletion back"),
        deed("/members/{id}/keep", "keepMember", "Keeps somebody who had asked to be deleted"),
        deed("/members/{id}/invite", "resendInvitation", "Sends the invitation once more"),
        deed("/members/{id}/withdraw", "withdrawInvitation", "Takes the open invitation back"),
        Operation {
            scopes: &[ROLES_WRITE],
            permissions: &[ROLES_MANAGE],
            body: Some("AssignRoles"),
            ..deed("/members/{id}/roles", "assignRoles", "Gives and takes roles")
        },
        Operation {
            body: Some("EditFields"),
            run: |call| Box::pin(members::edit_fields(call)),
            ..deed("/members/{id}/fields", "editFields", "Changes those profile fields that are named")
        },
        Operation {
            body: Some("SwitchProvider"),
            run: |call| Box::pin(providers::set(call)),
            ..deed(
                "/members/{id}/provider",
                "switchProvider",
                "From now on this provider alone opens the tenant to them; needs `roles:write` too",
            )
        },
        Operation {
            scopes: &[ROLES_WRITE],
            permissions: &[ROLES_MANAGE],
            body: Some("BreakGlass"),
            run: |call| Box::pin(providers::break_glass(call)),
            ..deed(
                "/members/{id}/break-glass",
                "setBreakGlass",
                "Keeps somebody from being switched; every administrator gets a mail",
            )
        },
    ]
}

fn of_jobs() -> [Operation; 8] {
    let read = |path, id, summary, answer| Operation { scopes: &[JOBS_READ], ..get(path, id, summary, answer) };
    [
        Operation {
            query: PAGED,
            run: |call| Box::pin(jobs::list(call)),
            ..read("/jobs", "listJobs", "Deeds done to many, the newest first", "JobPage")
        },
        Operation {
            body: Some("NewJob"),
            run: |call| Box::pin(jobs::create(call)),
            ..turn("/jobs", "createJob", "A deed for many members: looked at now, done when it is started", 201)
        },
        Operation { run: |call| Box::pin(jobs::show(call)), ..read("/jobs/{id}", "getJob", "How far it is", "Job") },
        Operation {
            query: OF_ITEMS,
            run: |call| Box::pin(jobs::items(call)),
            ..read("/jobs/{id}/items", "listJobItems", "What becomes of each member", "JobItemPage")
        },
        turn("/jobs/{id}/start", "startJob", "Gives the word; only whoever made it may", 200),
        turn("/jobs/{id}/cancel", "cancelJob", "Stops it; what was done stays done", 200),
        turn("/jobs/{id}/undo", "undoJob", "Makes the job that takes this one back", 201),
        turn(
            "/jobs/{id}/retry",
            "retryJob",
            "Makes the job that tries once more what was refused, or not reached",
            201,
        ),
    ]
}

fn of_imports() -> [Operation; 6] {
    let read = |path, id, summary, answer| Operation {
        scopes: &[JOBS_READ],
        permissions: &[MEMBERS_MANAGE],
        ..get(path, id, summary, answer)
    };
    let turn = |path, id, summary| Operation { answer: (200, "Import"), ..deed(path, id, summary) };
    [
        Operation {
            query: PAGED,
            run: |call| Box::pin(imports::list(call)),
            ..read("/imports", "listImports", "Files of members, the newest first", "ImportPage")
        },
        Operation {
            query: OF_A_FILE,
            file: true,
            answer: (201, "Import"),
            run: |call| Box::pin(imports::create(call)),
            ..deed(
                "/imports",
                "createImport",
                "Takes a file of members: it is looked at now, and done when it is started. Needs `roles:write` too",
            )
        },
        Operation {
            run: |call| Box::pin(imports::show(call)),
            ..read("/imports/{id}", "getImport", "How far it is, and what its lines come to", "Import")
        },
        Operation {
            query: OF_LINES,
            run: |call| Box::pin(imports::lines(call)),
            ..read("/imports/{id}/lines", "listImportLines", "What becomes of each line", "ImportLinePage")
        },
        Operation {
            body: Some("StartImport"),
            run: |call| Box::pin(imports::start(call)),
            ..turn(
                "/imports/{id}/start",
                "startImport",
                "Gives the word; only whoever brought it may. Needs `roles:write` too",
            )
        },
        Operation {
            run: |call| Box::pin(imports::cancel(call)),
            ..turn("/imports/{id}/cancel", "cancelImport", "Stops it; what was done stays done")
        },
    ]
}

fn of_the_tenant() -> [Operation; 7] {
    [
        Operation {
            run: |call| Box::pin(providers::list(call)),
            ..get("/providers", "listProviders", "The providers that members can be switched to", "ProviderList")
        },
        Operation {
            run: |call| Box::pin(providers::newcomers(call)),
            ..get("/newcomers", "getNewcomers", "The provider by which new members come in", "Newcomers")
        },
        Operation {
            method: Method::Post,
            scopes: &[PROVIDERS_WRITE],
            permissions: &[PROVIDERS_MANAGE],
            body: Some("SetNewcomers"),
            run: |call| Box::pin(providers::set_of_newcomers(call)),
            ..get(
                "/newcomers",
                "setNewcomers",
                "Whoever is invited or imported from now on comes in by this provider",
                "NewcomersSet",
            )
        },
        Operation {
            run: |call| Box::pin(roles::list(call)),
            ..get("/roles", "listRoles", "The roles that there are", "RoleList")
        },
        Operation {
            scopes: &[AUDIT_READ],
            permissions: &[AUDIT_VIEW],
            query: OF_LOG,
            run: |call| Box::pin(audit_log::list(call)),
            ..get("/audit", "listAuditEntries", "Who did what, the newest first", "AuditPage")
        },
        Operation {
            permissions: &[ROLES_MANAGE],
            query: PAGED,
            run: |call| Box::pin(service_accounts::list(call)),
            ..get("/service-accounts", "listServiceAccounts", "Systems that act for themselves", "ServiceAccountPage")
        },
        Operation {
            scopes: &[ROLES_WRITE],
            permissions: &[ROLES_MANAGE],
            body: Some("NewServiceAccount"),
            answer: (201, "ServiceAccount"),
            run: |call| Box::pin(service_accounts::create(call)),
            ..deed("/service-accounts", "createServiceAccount", "Lets a client of the identity server act for itself")
        },
    ]
}

fn of_own_providers() -> [Operation; 9] {
    let write = |path, id, summary, answer| Operation {
        method: Method::Post,
        scopes: &[PROVIDERS_WRITE],
        permissions: &[PROVIDERS_MANAGE],
        ..get(path, id, summary, answer)
    };
    [
        Operation {
            permissions: &[PROVIDERS_MANAGE],
            run: |call| Box::pin(own_providers::show(call)),
            ..get("/providers/{key}", "getProvider", "One of the tenant's own, without its secret", "OwnProvider")
        },
        Operation {
            body: Some("NewProvider"),
            answer: (201, "OwnProvider"),
            run: |call| Box::pin(own_providers::create(call)),
            ..write("/providers", "createProvider", "Adds one of the tenant's own", "OwnProvider")
        },
        Operation {
            body: Some("ChangeProvider"),
            run: |call| Box::pin(own_providers::change(call)),
            ..write("/providers/{key}", "changeProvider", "Changes what is named, and leaves the rest", "OwnProvider")
        },
        Operation {
            body: Some("MapClaims"),
            run: |call| Box::pin(own_providers::map(call)),
            ..write("/providers/{key}/mapping", "mapClaims", "Says which of its claims state what", "OwnProvider")
        },
        Operation {
            body: Some("TurnKey"),
            run: |call| Box::pin(own_providers::turn_key(call)),
            ..write("/providers/{key}/key", "turnKey", "Has our key there followed by another one", "OwnProvider")
        },
        Operation {
            run: |call| Box::pin(own_providers::test(call)),
            ..write(
                "/providers/{key}/test",
                "testProvider",
                "Asks it what can be asked without a person",
                "ProviderTest",
            )
        },
        Operation {
            run: |call| Box::pin(own_providers::turn(call, true)),
            ..write("/providers/{key}/enable", "enableProvider", "It opens again", "OwnProvider")
        },
        Operation {
            run: |call| Box::pin(own_providers::turn(call, false)),
            ..write(
                "/providers/{key}/disable",
                "disableProvider",
                "It opens nothing; what it opened ends",
                "OwnProvider",
            )
        },
        Operation {
            body: Some("RemoveProvider"),
            run: |call| Box::pin(own_providers::remove(call)),
            ..write("/providers/{key}/remove", "removeProvider", "Removes it for good", "ProviderRemoved")
        },
    ]
}

fn of_groups() -> [Operation; 3] {
    let change = |path, id, summary, body| Operation {
        scopes: &[ROLES_WRITE],
        permissions: &[ROLES_MANAGE],
        body: Some(body),
        answer: (200, "GroupsChanged"),
        ..deed(path, id, summary)
    };
    [
        Operation {
            permissions: &[ROLES_MANAGE],
            run: |call| Box::pin(groups::list(call)),
            ..get("/providers/{key}/groups", "listGroups", "Groups of a provider that give roles", "GroupList")
        },
        Operation {
            run: |call| Box::pin(groups::map(call)),
            ..change(
                "/providers/{key}/groups",
                "mapGroup",
                "Lets a group give a role; one that manages people takes `confirm`",
                "MapGroup",
            )
        },
        Operation {
            run: |call| Box::pin(groups::unmap(call)),
            ..change(
                "/providers/{key}/groups/remove",
                "unmapGroup",
                "A group gives a role no longer; whoever has it by that alone loses it at once",
                "UnmapGroup",
            )
        },
    ]
}
