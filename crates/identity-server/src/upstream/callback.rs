use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use identity::groups::Groups;
use identity::linking::ExternalIdentity;
use identity::upstream::{self, Away, Returned};
use relying_party::{Answer, Fault, Redeem, RelyingParty};
use webkit::{Failure, Visit};

use super::failed::failed;
use super::outcome;
use super::party::party;
use super::prove;
use super::sign_out;
use crate::browser::Browser;
use crate::fault;
use crate::flow::{self, Flow};
use crate::state::IdentityServer;

/// The browser is back from a provider. Its `state` decides first whether this is the browser, and the provider, that it was
/// made for (LK-01, LK-02, LK-09): nothing is asked of the provider before.
pub async fn get(
    State(server): State<IdentityServer>,
    Path(key): Path<String>,
    visit: Visit,
    browser: Browser,
    Query(answer): Query<Answer>,
) -> webkit::Result<Response> {
    let state = answer.state.clone().unwrap_or_default();
    let returned = upstream::consume(&server.identity, &key, &browser.id, &state).await.map_err(fault::failure)?;
    let Returned::Here(away) = returned else { return Err(fault::gone()) };
    let flow = Flow::of(&server, visit, browser, away.interaction).await?;
    let party = party(&server, &away.provider)?;
    let who = match who(&party, &answer, &away).await {
        Ok(who) => who,
        Err(fault) => return Err(failed(&server, &flow, &away.provider, &fault, back_to(&flow, &away)).await),
    };
    sign_out::keep(&server, &away, &party, who.id_token.as_deref()).await;
    let who = external(who);
    match away.given(&who) {
        Some((login, given)) => prove::back(&server, flow, &away.provider, (login, given)).await,
        None => outcome::back(&server, flow, &away, who).await,
    }
}

async fn who(party: &RelyingParty, answer: &Answer, away: &Away) -> Result<relying_party::Identity, Fault> {
    let code = party.admit(answer).await?;
    party.redeem(&Redeem { code, nonce: &away.nonce, verifier: &away.verifier, max_age: None }).await
}

/// `response_mode=form_post`: another site's form comes without our cookies, the redirect to ourselves brings them.
pub async fn post(Path(key): Path<String>, body: Bytes) -> webkit::Result<Response> {
    if !key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
        return Err(Failure::not_found());
    }
    flow::as_get(&format!("/upstream/{key}/callback"), &body)
}

/// Another way in, or where a link began, or its proof.
fn back_to(flow: &Flow, away: &Away) -> String {
    match (away.linking, away.proves) {
        (Some(_), _) => "/account/sign-in".to_owned(),
        (None, Some(_)) => flow.page("/link"),
        (None, None) => flow.another_way(),
    }
}

fn external(who: relying_party::Identity) -> ExternalIdentity {
    let given_name = who.given_name.or(who.name).or(who.preferred_username);
    ExternalIdentity {
        issuer: who.issuer,
        subject: who.subject,
        email: who.email,
        email_verified: who.email_verified,
        given_name: given_name.unwrap_or_default(),
        family_name: who.family_name.unwrap_or_default(),
        locale: who.locale.unwrap_or_default(),
        sid: who.sid,
        groups: groups(who.groups),
    }
}

fn groups(stated: relying_party::Groups) -> Groups {
    Groups {
        names: stated.names,
        missing: stated.missing.map(|missing| missing.word().to_owned()),
        left_out: stated.missing.map_or(0, |missing| u64::try_from(missing.count()).unwrap_or(u64::MAX)),
    }
}
