//! The state diagram (PP-26), drawn from the table of steps with this tenant's rules, and where one member stands in it.

use ambient::Timestamp;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::access::rejected;
use tenant::blueprint::{StrangerEntry, permission};
use tenant::lifecycle::{Axes, Axis, Place, Refusal, diagram, outlook};
use tenant::members::Member;
use webkit::{Brand, Shell, Visit, html};

use super::request::find;
use super::{Done, StatePill, axis_title, shell, state_pill, state_word};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// One axis.
struct Drawn {
    title: String,
    places: Vec<Spot>,
}

/// A state on it, with what leads out of it.
struct Spot {
    label: String,
    here: bool,
    ways: Vec<Way>,
}

/// What happens, and where it leads.
struct Way {
    what: String,
    to: String,
}

/// The member whom the page was opened for.
struct Standing {
    member: Member,
    state: StatePill,
    /// What can happen to them from here.
    open: Vec<Way>,
    /// What can't, and why.
    shut: Vec<Way>,
}

#[derive(Template)]
#[template(path = "tenant/states.html")]
struct StatesPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    axes: Vec<Drawn>,
    standing: Option<Standing>,
    /// Whether strangers may ask to join.
    strangers_ask: bool,
}

#[derive(Deserialize)]
pub(crate) struct Params {
    member: Option<String>,
}

/// The diagram.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(params): Query<Params>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let member = match params.member {
        Some(id) => Some(find(&app, &id).await?),
        None => None,
    };
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let now = app.kit.ambient().now();
    let here = member.as_ref().map(Axes::of);
    Ok(html(StatesPage {
        axes: Axis::ALL.iter().map(|axis| drawn(&app, &visit, *axis, here)).collect(),
        standing: member.map(|member| standing(&app, &visit, member, now)),
        strangers_ask: app.tenant.blueprint.strangers.entry == StrangerEntry::ToReview,
        brand: app.brand.clone(),
        shell,
        visit,
    }))
}

fn drawn(app: &App, visit: &Visit, axis: Axis, here: Option<Axes>) -> Drawn {
    let places = diagram(axis, &app.tenant.blueprint.lifecycle);
    let is_here = |place: &Place| here.is_some_and(|axes| axis.word_of(axes) == place.word);
    // Whoever stands where this tenant brings nobody any more sees themselves there.
    let places = places.into_iter().filter(|place| place.is_reached || is_here(place));
    let spot = |place: Place| Spot {
        label: state_on(app, visit, axis, place.word),
        here: is_here(&place),
        ways: place
            .ways
            .into_iter()
            .map(|(what, to)| Way {
                what: visit.t(&format!("step-{}", what.word())),
                to: state_on(app, visit, axis, to),
            })
            .collect(),
    };
    Drawn { title: axis_title(visit, &app.tenant.blueprint, axis), places: places.map(spot).collect() }
}

fn state_on(app: &App, visit: &Visit, axis: Axis, word: &str) -> String {
    state_word(visit, &app.tenant.blueprint, axis.word(), word)
}

/// All three in one line.
fn all_three(app: &App, visit: &Visit, axes: Axes) -> String {
    let on = |axis: &Axis| {
        let state = state_on(app, visit, *axis, axis.word_of(axes));
        match axis {
            // "No" alone says nothing.
            Axis::Locked => axes.locked.then_some(state),
            Axis::Authorization | Axis::Lifecycle => Some(state),
        }
    };
    Axis::ALL.iter().filter_map(on).collect::<Vec<_>>().join(", ")
}

fn standing(app: &App, visit: &Visit, member: Member, now: Timestamp) -> Standing {
    let blueprint = &app.tenant.blueprint;
    let told = rejected(&member, &blueprint.strangers, now);
    let until = blueprint.lifecycle.reactivate_within.and_then(|span| Some(member.deleted_at?.plus(span.0)));
    let in_time = until.is_none_or(|until| now < until);
    let (mut open, mut shut) = (Vec::new(), Vec::new());
    let happenings = outlook(Axes::of(&member), &blueprint.lifecycle, &told, in_time);
    for (what, to) in happenings.into_iter().filter(|(what, _)| member.is_person() || !what.is_of_a_person()) {
        let kept = member.kept_by.is_some() && what.is_the_keepers();
        let what = visit.t(&format!("step-{}", what.word()));
        match to {
            Ok(_) if kept => shut.push(Way { what, to: visit.t("refusal-kept_elsewhere") }),
            Ok(to) => open.push(Way { what, to: all_three(app, visit, to) }),
            // What would change nothing needs no reason.
            Err(Refusal::AlreadySo) => {}
            Err(refusal) => shut.push(Way { what, to: visit.t(&format!("refusal-{}", refusal.word())) }),
        }
    }
    Standing { state: state_pill(visit, blueprint, &member), member, open, shut }
}
