//! Why did this login end here? By the reference id that the person has seen: what ended at this tenant's own door stands in its
//! audit log, what ended on the way to it the identity server tells, as far as it is the tenant's to know.

use ambient::Timestamp;
use askama::Template;
use audit::{Line, Of};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::members;
use tenant::roles::Rights;
use url::form_urlencoded::Serializer;
use uuid::Uuid;
use webkit::{Brand, FieldErrors, Shell, Visit, html};

use super::audit::{Entry, Named, entry};
use super::log_known::Known;
use super::{Done, shell};
use crate::catalogue::Age;
use crate::delivery::api;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// How many entries of one reference id are shown.
const SHOWN: u16 = 20;

/// The reasons that there is a sentence for.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("provider_unusable", "ended-provider-unusable"),
    ("linked_elsewhere", "ended-linked-elsewhere"),
    ("another_identity", "ended-another-identity"),
    ("member_elsewhere", "ended-member-elsewhere"),
    ("account_elsewhere", "ended-account-elsewhere"),
    ("not_opened", "ended-not-opened"),
    ("policies_differ", "ended-policies-differ"),
    ("not_invited", "ended-not-invited"),
    ("claimed", "ended-claimed"),
    ("held", "ended-held"),
    ("away", "ended-away-there"),
    ("refused", "ended-refused"),
    ("unreadable", "ended-unreadable"),
    ("oversized", "ended-oversized"),
    ("untrusted", "ended-untrusted"),
    ("misconfigured", "ended-misconfigured"),
    ("other_provider", "ended-other-provider"),
    ("switch_not_told", "ended-switch-not-told"),
    ("proof_not_fresh", "ended-proof-not-fresh"),
    ("invite-only", "ended-invite-only"),
    ("locked", "ended-locked"),
    ("suspended", "ended-suspended"),
    ("deleted", "ended-deleted"),
    ("inactive", "ended-inactive"),
];

/// What the identity server tells.
#[derive(Default, Deserialize)]
struct Told {
    decisions: Vec<Decision>,
    next: Option<Uuid>,
}

#[derive(Deserialize)]
struct Decision {
    at: i64,
    reference: String,
    provider: String,
    why: String,
    detail: String,
    subject: Option<String>,
}

/// A login that ended on the way here.
struct Ended {
    at: Timestamp,
    reference: String,
    provider: String,
    why: String,
    detail: String,
    about: Option<Named>,
}

#[derive(Template)]
#[template(path = "tenant/audit_login.html")]
struct LoginPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    reference: String,
    here: Vec<Entry>,
    there: Vec<Ended>,
    /// The identity server could not be asked.
    away: bool,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    reference: String,
    #[serde(default)]
    before: String,
}

/// Ten letters and digits, in two groups: what our pages show, and nothing else.
pub(crate) fn is_reference(text: &str) -> bool {
    text.split_once('-').is_some_and(|(one, two)| {
        [one, two].iter().all(|part| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    })
}

/// By a reference id, or all of them.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(asked): Query<Asked>,
) -> webkit::Result<Response> {
    admitted.require(permission::AUDIT_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let reference = asked.reference.trim().to_ascii_uppercase();
    // What nobody can have seen is not asked for.
    let told = match reference.as_str() {
        "" => Some(ask(&app, None, Uuid::parse_str(&asked.before).ok()).await),
        good if is_reference(good) => Some(ask(&app, Some(good), None).await),
        _ => None,
    };
    let away = told.as_ref().is_some_and(Option::is_none);
    let Told { decisions, next } = told.flatten().unwrap_or_default();
    let here = if reference.is_empty() {
        Vec::new()
    } else {
        at_the_door((&app, &visit, &visitor.rights), &reference).await?
    };
    let there = on_the_way((&app, &visit, &visitor.rights), decisions).await?;
    Ok(html(LoginPage {
        brand: app.brand.clone(),
        shell,
        errors: FieldErrors::none(),
        reference,
        here,
        there,
        away,
        next: next.map(|next| format!("/audit/login?before={next}")),
        visit,
    }))
}

fn decisions(reference: Option<&str>, before: Option<Uuid>) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(reference) = reference {
        query.append_pair("reference", reference);
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    format!("/api/v1/tenant/decisions?{}", query.finish())
}

/// None: the identity server can't be asked.
async fn ask(app: &App, reference: Option<&str>, before: Option<Uuid>) -> Option<Told> {
    match api::get(app, &decisions(reference, before)).await {
        Ok(told) => Some(told),
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "why logins ended could not be asked for");
            None
        }
    }
}

/// What this tenant's own log has of that request.
async fn at_the_door((app, visit, rights): (&App, &Visit, &Rights), reference: &str) -> webkit::Result<Vec<Entry>> {
    let mut read = app.store.read().await.map_err(database)?;
    let lines = audit::page_of(&mut read, Of::Reference(reference), None, SHOWN).await.map_err(database)?;
    let known = Known::of(app, &mut read, &lines, None).await.map_err(database)?;
    Ok(lines.into_iter().map(|line| entry((app, visit, rights), &known, line)).collect())
}

/// Why it went so, where an entry says it.
pub(super) fn reason(visit: &Visit, line: &Line) -> Option<String> {
    line.detail.get("why").and_then(|why| why.as_str()).and_then(|why| sentence(visit, why))
}

async fn on_the_way(
    (app, visit, rights): (&App, &Visit, &Rights),
    decisions: Vec<Decision>,
) -> webkit::Result<Vec<Ended>> {
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let known = app.catalogue(Age::ToShow).await;
    let mut read = app.store.read().await.map_err(database)?;
    let subjects: Vec<String> = decisions.iter().filter_map(|decision| decision.subject.clone()).collect();
    let here = members::named_by_subject(&mut read, &subjects).await.map_err(database)?;
    let told = |decision: Decision| {
        let about = decision.subject.and_then(|subject| here.get(&subject));
        Ended {
            at: Timestamp::from_seconds(decision.at),
            reference: decision.reference,
            provider: known.name_of(&decision.provider).to_owned(),
            why: sentence(visit, &decision.why).unwrap_or(decision.why),
            detail: decision.detail,
            about: about.map(|(id, name)| Named::member(rights, *id, name.clone())),
        }
    };
    Ok(decisions.into_iter().map(told).collect())
}

fn sentence(visit: &Visit, why: &str) -> Option<String> {
    REASONS.iter().find(|(known, _)| *known == why).map(|(_, key)| visit.t(key))
}

#[cfg(test)]
mod tests {
    use tenant::access::Closed;

    use super::*;

    #[test]
    fn web_16_a_reference_id_is_ten_letters_and_digits() {
        for good in ["4K7QX-2M9TB", "00000-00000"] {
            assert!(is_reference(good), "{good}");
        }
        for bad in ["", "-", "4K7QX2M9TB", "4K7QX-2M9T", "4K7QX-2M9TB-", "<b>ab-<i>cd", "4K7Q'-2M9TB", "äöü-abcde"] {
            assert!(!is_reference(bad), "{bad}");
        }
    }

    #[test]
    fn every_door_that_closes_has_its_sentence() {
        for closed in Closed::ALL {
            assert!(REASONS.iter().any(|(why, _)| *why == closed.word()), "{}", closed.word());
        }
    }
}
