//! Language and colour scheme: two small forms on every page, remembered in cookies.

use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::{Cookie, Form, Kit, Lang, Theme, local_path, see_other};

const A_YEAR: Duration = Duration::from_secs(365 * 86_400);

pub(crate) fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Kit: FromRef<S>,
{
    Router::new().route("/preferences/theme", post(theme)).route("/preferences/language", post(language))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preference {
    value: String,
    return_to: String,
}

async fn theme(State(kit): State<Kit>, Form(form): Form<Preference>) -> Response {
    let theme = Theme::from_code(&form.value).unwrap_or_default();
    let cookie = Cookie::new(&kit, "theme");
    let cookie = if theme == Theme::System { cookie.clear() } else { cookie.set(theme.code(), Some(A_YEAR)) };
    (cookie, back(&form.return_to)).into_response()
}

async fn language(State(kit): State<Kit>, Form(form): Form<Preference>) -> Response {
    let lang = Lang::from_tag(&form.value).unwrap_or_default();
    (Cookie::new(&kit, "lang").set(lang.code(), Some(A_YEAR)), back(&without_ui_locales(&form.return_to)))
        .into_response()
}

fn back(return_to: &str) -> Response {
    see_other(local_path(return_to).unwrap_or("/"))
}

/// Without the language that an application asked for: the person has just chosen another one.
fn without_ui_locales(return_to: &str) -> String {
    let Some((path, query)) = return_to.split_once('?') else { return return_to.to_owned() };
    let kept: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("ui_locales=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_language_gives_way_to_the_chosen_one() {
        assert_eq!(without_ui_locales("/login?ui_locales=de&i=7"), "/login?i=7");
        assert_eq!(without_ui_locales("/login?ui_locales=de"), "/login");
        assert_eq!(without_ui_locales("/login"), "/login");
    }
}
