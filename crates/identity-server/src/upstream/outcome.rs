//! A decision becomes a page.

use axum::response::Response;
use identity::accounts::AccountId;
use identity::authorize;
use identity::linking::{ExternalIdentity, LinkDecision, Refusal, Settled};
use identity::providers::Provider;
use identity::sessions::Session;
use identity::sign_in;
use identity::upstream::{self, Away, Given, Place, UpstreamLoginId, Waiting};
use webkit::{Failure, Message, see_other};

use super::{accept, sign_out};
use crate::fault;
use crate::flow::Flow;
use crate::invitation;
use crate::state::IdentityServer;

/// The provider has said who it is.
pub async fn back(server: &IdentityServer, flow: Flow, away: &Away, who: ExternalIdentity) -> webkit::Result<Response> {
    let sessions = flow.browser.of_every_scope.clone();
    let reference = flow.visit.request_id.clone();
    let place = place(&flow, &sessions, &reference);
    let settled = upstream::back(&server.identity, away, who, place).await.map_err(fault::failure)?;
    let whence = if away.linking.is_some() { Whence::Linking } else { Whence::Provider };
    after(server, flow, settled, (away.id, &away.provider), whence).await
}

/// The person has proved something.
pub async fn proved(server: &IdentityServer, flow: Flow, waiting: &Waiting, given: Given) -> webkit::Result<Response> {
    let settled = settled(server, &flow, waiting, given).await?;
    after_proof(server, flow, settled, waiting).await
}

/// What is decided on what was given.
pub async fn settled(server: &IdentityServer, flow: &Flow, waiting: &Waiting, given: Given) -> webkit::Result<Settled> {
    let place = place(flow, &flow.browser.of_every_scope, &flow.visit.request_id);
    upstream::prove(&server.identity, waiting, given, place).await.map_err(fault::failure)
}

/// Its page.
pub async fn after_proof(
    server: &IdentityServer,
    flow: Flow,
    settled: Settled,
    waiting: &Waiting,
) -> webkit::Result<Response> {
    after(server, flow, settled, (waiting.id, &waiting.provider), Whence::Proof).await
}

fn place<'a>(flow: &'a Flow, sessions: &'a [Session], reference: &'a str) -> Place<'a> {
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    Place { tenant, sessions, device: &flow.browser.device, reference, invitation: flow.invitation() }
}

/// What the browser is back with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whence {
    /// A provider's word, to sign in by.
    Provider,
    /// The same, to be linked with an account.
    Linking,
    /// What it was asked for on a page that said whose account it is about.
    Proof,
}

async fn after(
    server: &IdentityServer,
    flow: Flow,
    settled: Settled,
    (login, provider): (UpstreamLoginId, &Provider),
    whence: Whence,
) -> webkit::Result<Response> {
    let linking = whence == Whence::Linking;
    if let Some(session) = settled.session {
        sign_out::attach(server, login, session).await;
        return match (settled.accepted, whence) {
            (true, _) => accept::accepted(server, flow, session).await,
            (false, Whence::Provider) => flow.signed_in_unasked(server, session).await,
            (false, _) => flow.signed_in(server, session).await,
        };
    }
    match settled.decision {
        LinkDecision::Tie(_) | LinkDecision::SignIn(_) | LinkDecision::Create(_) => {
            authorize::arrive(&server.identity, flow.interaction.id).await.map_err(fault::failure)?;
            Ok(see_other("/account/sign-in?done=linked"))
        }
        // Whoever links proved it before they left: what is asked now, they prove by beginning anew.
        LinkDecision::Offer(_) | LinkDecision::CheckMail if linking => Ok(see_other("/account/sign-in")),
        LinkDecision::Offer(_) => Ok(see_other(&flow.page("/link"))),
        LinkDecision::CheckMail => {
            // Which answer it was is found by what this request is called in the log, not the next one.
            let page = flow.page("/link/address");
            Ok(see_other(&format!("{page}&reference={}", flow.visit.request_id)))
        }
        LinkDecision::Hold => Err(named(&flow, "link-hold", provider).code("held")),
        LinkDecision::Refuse(Refusal::NotInvited) => Err(accept::not_invited(server, &flow, provider).await?),
        LinkDecision::Refuse(refusal) => {
            let said = match (refusal, settled.account) {
                (Refusal::AccountElsewhere | Refusal::PoliciesDiffer, whose) => {
                    elsewhere(server, &flow, (refusal, whose), provider).await?
                }
                _ => refused(&flow, refusal, provider),
            };
            Err(if linking {
                said.next("/account/sign-in", "back-to-sign-in-ways")
            } else {
                said.next(flow.another_way(), "another-way")
            })
        }
    }
}

pub fn named(flow: &Flow, key: &'static str, provider: &Provider) -> Failure {
    said(flow, key, provider, &[])
}

fn said(flow: &Flow, key: &'static str, provider: &Provider, more: &[(&'static str, String)]) -> Failure {
    let door = flow.tenant.as_ref().map_or_else(String::new, |tenant| tenant.name.clone());
    let who = flow.browser.sessions.first().map_or_else(String::new, |session| session.account.email.clone());
    let message = |key: String| {
        let known = Message::new(key)
            .with("provider", provider.name.clone())
            .with("door", door.clone())
            .with("who", who.clone());
        more.iter().fold(known, |message, (name, value)| message.with(name, value.clone()))
    };
    Failure::forbidden(message(key.to_owned())).title(message(format!("{key}-title")))
}

/// Says which account *this browser* is signed in to, which provider it was, and what happens next; and nothing of an account
/// that holds the identity (DESIGN §4.1).
fn refused(flow: &Flow, refusal: Refusal, provider: &Provider) -> Failure {
    let (key, code) = match refusal {
        Refusal::Disabled => ("link-disabled", "provider_unusable"),
        Refusal::LinkedElsewhere => ("link-elsewhere", "linked_elsewhere"),
        Refusal::AlreadyLinked => ("link-already", "already_linked"),
        Refusal::AnotherOfThisProvider => ("link-another", "another_identity"),
        Refusal::OtherPerson => ("link-other-person", "other_person"),
        Refusal::MemberElsewhere => ("link-member-elsewhere", "member_elsewhere"),
        Refusal::AccountElsewhere => ("link-account-elsewhere", "account_elsewhere"),
        Refusal::PoliciesDiffer => ("link-policies-differ", "policies_differ"),
        Refusal::Claimed => ("link-claimed", "claimed"),
        Refusal::InvitationOver | Refusal::NotInvited => return invitation::spent(),
    };
    named(flow, key, provider).code(code)
}

/// Another provider opens the account. Where this browser is signed in to it, each one is named that has a say (DESIGN §1). What a
/// tenant's own provider says of an address is no proof of it: by that, nobody learns what the platform has decided of an account
/// (DESIGN §4.2, §4.11).
async fn elsewhere(
    server: &IdentityServer,
    flow: &Flow,
    (refusal, whose): (Refusal, Option<AccountId>),
    provider: &Provider,
) -> webkit::Result<Failure> {
    let own = whose.filter(|whose| flow.browser.sessions.iter().any(|session| session.account.id == *whose));
    let Some(own) = own else {
        return Ok(match provider.tenant {
            Some(_) => named(flow, "link-not-opened", provider).code("not_opened"),
            None => refused(flow, refusal, provider),
        });
    };
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let openers = sign_in::openers(&mut conn, own, tenant).await.map_err(fault::store_failure)?;
    drop(conn);
    Ok(match openers {
        (Some(wanted), Some(other)) if wanted != other => {
            let names = [("wanted", wanted), ("other", other)];
            said(flow, "link-policies-both", provider, &names).code("policies_differ")
        }
        (_, Some(other)) => said(flow, "link-account-by", provider, &[("other", other)]).code("account_elsewhere"),
        _ => refused(flow, refusal, provider),
    })
}
