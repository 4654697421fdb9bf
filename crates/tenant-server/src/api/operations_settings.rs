//! Of the table: what a tenant settles for all of its members.

use oidc::scope::{MEMBERS_READ, MEMBERS_WRITE, SETTINGS_WRITE};
use tenant::blueprint::permission::{MEMBERS_VIEW, TENANT_SETTINGS};

use super::operations::{Method, Operation, PAGED, get};
use super::query::{Kind, Parameter};
use super::{fields, terms, views};
use crate::routes::LONG_BODY;

pub(super) fn all() -> impl Iterator<Item = Operation> {
    of_terms().into_iter().chain(of_fields()).chain(of_views())
}

const OF_A_TEXT: &[Parameter] =
    &[Parameter { name: "version", about: "Its number; the newest unless said.", kind: Kind::Number }];

fn of_terms() -> [Operation; 4] {
    let read = |path, id, summary, answer| Operation {
        scopes: &[MEMBERS_READ, SETTINGS_WRITE],
        permissions: &[TENANT_SETTINGS],
        ..get(path, id, summary, answer)
    };
    [
        Operation {
            query: OF_A_TEXT,
            run: |call| Box::pin(terms::show(call)),
            ..read("/terms/{key}", "getTerms", "A version of `terms`, or of `privacy`: the policy", "TermsVersion")
        },
        Operation {
            method: Method::Post,
            scopes: &[SETTINGS_WRITE],
            body: Some("PublishTerms"),
            longest: LONG_BODY,
            answer: (201, "TermsVersion"),
            run: |call| Box::pin(terms::publish(call)),
            ..read("/terms/{key}", "publishTerms", "Publishes the next version, which never changes", "TermsVersion")
        },
        Operation {
            query: PAGED,
            run: |call| Box::pin(terms::versions(call)),
            ..read(
                "/terms/{key}/versions",
                "listTermsVersions",
                "Every version without its text, the newest first",
                "TermsVersionPage",
            )
        },
        Operation {
            scopes: &[MEMBERS_READ],
            permissions: &[TENANT_SETTINGS, MEMBERS_VIEW],
            query: PAGED,
            run: |call| Box::pin(terms::acceptances(call)),
            ..get("/acceptances", "listAcceptances", "Who accepted which version, member by member", "AcceptancePage")
        },
    ]
}

fn of_fields() -> [Operation; 4] {
    let write = |path, id, summary, answer| Operation {
        method: Method::Post,
        scopes: &[SETTINGS_WRITE],
        permissions: &[TENANT_SETTINGS],
        ..get(path, id, summary, answer)
    };
    [
        Operation {
            scopes: &[MEMBERS_READ, SETTINGS_WRITE],
            permissions: &[],
            run: |call| Box::pin(fields::list(call)),
            ..get("/fields", "listFields", "The profile fields that there are", "FieldList")
        },
        Operation {
            body: Some("NewField"),
            answer: (201, "Field"),
            run: |call| Box::pin(fields::add(call)),
            ..write(
                "/fields",
                "addField",
                "Adds one; whose label was removed comes back with what stood in it",
                "Field",
            )
        },
        Operation {
            body: Some("ChangeField"),
            run: |call| Box::pin(fields::change(call)),
            ..write(
                "/fields/{key}",
                "changeField",
                "Calls one otherwise that was added, or requires it or not; its key and what stands in it stay",
                "FieldChanged",
            )
        },
        Operation {
            run: |call| Box::pin(fields::remove(call)),
            ..write("/fields/{key}/remove", "removeField", "Takes one away that was added", "Removed")
        },
    ]
}

fn of_views() -> [Operation; 3] {
    let write = |path, id, summary, answer| Operation {
        method: Method::Post,
        scopes: &[MEMBERS_WRITE],
        ..get(path, id, summary, answer)
    };
    [
        Operation {
            run: |call| Box::pin(views::list(call)),
            ..get("/views", "listViews", "Searches that the caller has kept, and those that others share", "ViewList")
        },
        Operation {
            body: Some("SaveView"),
            run: |call| Box::pin(views::save(call)),
            ..write("/views", "saveView", "Keeps a search; the caller's own of that name is replaced", "View")
        },
        Operation {
            run: |call| Box::pin(views::forget(call)),
            ..write("/views/{id}/remove", "removeView", "Forgets one of the caller's, or a shared one", "Removed")
        },
    ]
}
