//! What both HTTP front ends share, so that no page can forget it: layout and design, languages, forms with CSRF
//! protection, cookies, security headers, error pages.
//!
//! ```text
//! request → context (reference id, browser) → trace → headers → gzip → error pages → Sec-Fetch-Site → time-out → handler
//!                                                                        ↑ a `Failure` or a bare 4xx/5xx becomes a page
//! ```
//! README.md shows how a server uses it.

extern crate self as webkit;

mod assets;
mod client_address;
mod colour;
mod cookies;
mod csrf;
mod failure;
mod field_errors;
mod file_stream;
mod form;
mod format;
mod kit;
mod lang;
mod layers;
mod logo;
mod mark;
mod page;
mod preferences;
mod respond;
mod texts;
mod upload;
mod visit;

pub use assets::{Icon, asset, brand_css, icon};
pub use client_address::ClientAddress;
pub use colour::{Colour, Palette};
pub use cookies::{Cookie, SetCookie};
pub use csrf::BrowserId;
pub use failure::{Failure, Result};
pub use field_errors::FieldErrors;
pub use file_stream::{FileStream, StreamError};
pub use form::{Form, Many};
pub use format::{Time, initials};
pub use kit::{Kit, KitConfig};
pub use lang::Lang;
pub use layers::{BODY_LIMIT, ContentSecurityPolicy, Exceptions, PublicDocument, RequestId, layers, layers_with};
pub use logo::{Logo, logo, picture};
pub use mark::{Mark, mark};
pub use page::{Brand, NavItem, Notice, Person, Shell, SignOut};
pub use respond::{continue_to, html, html_with_status, local_path, see_other};
pub use texts::{Args, Message, Value, assert_same_keys, customise};
pub use upload::Upload;
pub use visit::{Formless, Theme, Visit};

/// Routes that every front end has: `/assets/…` and `/preferences/…`.
pub fn routes<S>() -> axum::Router<S>
where
    S: Clone + Send + Sync + 'static,
    Kit: axum::extract::FromRef<S>,
{
    assets::router().merge(preferences::router())
}
