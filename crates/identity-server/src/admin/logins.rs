//! Why did this login end here? What the audit log has of one request, by the reference id that its pages show.

use ambient::Timestamp;
use askama::Template;
use audit::{Line, Of};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::PLATFORM;
use webkit::{Brand, FieldErrors, Shell, Visit, html};

use super::door::{Administrator, Done};
use crate::fault;
use crate::state::IdentityServer;

/// How many entries of one request are shown.
const SHOWN: u16 = 20;

#[derive(Template)]
#[template(path = "admin/logins.html")]
struct LoginsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    reference: String,
    found: Vec<Found>,
}

/// What there is a sentence for.
const ACTIONS: &[(&str, &str)] = &[
    ("identity.address_changed", "logins-address-changed"),
    ("link.credential_proved", "logins-proved"),
    ("sign_in.elsewhere", "logins-elsewhere"),
    ("sign_in.opener_gone", "decided-provider-unusable"),
    ("sign_in.refused", "logins-refused"),
    ("upstream.failed", "logins-failed"),
];

/// What was decided, as the log has it, from its beginning: in the words in which a tenant reads why a login ended.
const DECISIONS: &[(&str, &str)] = &[
    ("SignIn", "decided-signed-in"),
    ("Tie", "decided-tied"),
    ("Create", "decided-made"),
    ("Offer", "decided-asked"),
    ("CheckMail", "decided-mail"),
    ("Hold", "decided-held"),
    ("Refuse(Disabled)", "decided-provider-unusable"),
    ("Refuse(LinkedElsewhere)", "decided-linked-elsewhere"),
    ("Refuse(AlreadyLinked)", "decided-already-linked"),
    ("Refuse(AnotherOfThisProvider)", "decided-another-identity"),
    ("Refuse(OtherPerson)", "decided-other-person"),
    ("Refuse(MemberElsewhere)", "decided-member-elsewhere"),
    ("Refuse(AccountElsewhere)", "decided-account-elsewhere"),
    ("Refuse(PoliciesDiffer)", "decided-policies-differ"),
    ("Refuse(Claimed)", "decided-claimed"),
    ("Refuse(InvitationOver)", "decided-invitation-over"),
    ("Refuse(NotInvited)", "decided-not-invited"),
];

/// An entry: what happened, in words, and on which facts.
struct Found {
    at: Timestamp,
    text: String,
    facts: Vec<(String, String)>,
}

#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    reference: String,
}

/// By a reference id, as somebody reads it out.
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(asked): Query<Asked>,
) -> webkit::Result<Response> {
    let reference = asked.reference.trim().to_ascii_uppercase();
    let mut platform = server.identity.store.for_tenant(PLATFORM).read().await.map_err(fault::store_failure)?;
    let lines = audit::page_of(&mut platform, Of::Reference(&reference), None, SHOWN).await;
    let lines = lines.map_err(fault::store_failure)?;
    let found = lines.iter().map(|line| found(&administrator.visit, line)).collect();
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    let errors = FieldErrors::none();
    Ok(html(LoginsPage { visit: administrator.visit, brand, shell, errors, reference, found }))
}

/// The facts are the detail as the code has written it, by its own names; hashes of personal values say nothing to anybody.
fn found(visit: &Visit, line: &Line) -> Found {
    let detail = line.detail.as_object().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let facts = detail.filter(|(name, _)| *name != "personal").map(|(name, value)| (name.clone(), text(value)));
    let action = ("action".to_owned(), line.action.clone());
    Found {
        at: line.at,
        text: sentence(line).map_or_else(|| line.action.clone(), |key| visit.t(key)),
        facts: std::iter::once(action).chain(facts).collect(),
    }
}

/// The key of what an entry says.
fn sentence(line: &Line) -> Option<&'static str> {
    if line.action == "link.decided" {
        return decided(line.detail.get("decision")?.as_str()?);
    }
    ACTIONS.iter().find(|(action, _)| *action == line.action).map(|(_, key)| *key)
}

fn decided(decision: &str) -> Option<&'static str> {
    DECISIONS.iter().find(|(known, _)| decision.starts_with(known)).map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use identity::linking::{LinkDecision, Refusal, Scope, Ways};

    use super::*;

    #[test]
    fn every_decision_has_its_sentence_and_every_sentence_its_text() {
        let refusals = [
            Refusal::Disabled,
            Refusal::LinkedElsewhere,
            Refusal::AlreadyLinked,
            Refusal::AnotherOfThisProvider,
            Refusal::OtherPerson,
            Refusal::MemberElsewhere,
            Refusal::AccountElsewhere,
            Refusal::PoliciesDiffer,
            Refusal::Claimed,
            Refusal::InvitationOver,
            Refusal::NotInvited,
        ];
        let others = [
            LinkDecision::SignIn(Scope::Tenant),
            LinkDecision::Tie(Scope::Everywhere),
            LinkDecision::Create(Scope::Everywhere),
            LinkDecision::Offer(Ways::Credential),
            LinkDecision::CheckMail,
            LinkDecision::Hold,
        ];
        for decision in refusals.map(LinkDecision::Refuse).into_iter().chain(others) {
            assert!(decided(&format!("{decision:?}")).is_some(), "{decision:?}");
        }
        let (english, german) =
            (include_str!("../../locales/en/admin.ftl"), include_str!("../../locales/de/admin.ftl"));
        webkit::assert_same_keys(english, german);
        for (what, key) in ACTIONS.iter().chain(DECISIONS) {
            assert!(english.contains(&format!("\n{key} = ")), "{what}: {key}");
        }
    }
}
