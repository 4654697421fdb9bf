//! Redirect URIs: which may be registered, and which of a request is one of the registered. Bytes decide, never a parser:
//! wherever two parsers disagree on a URL (`\`, userinfo, `%2e`, dots, case), codes leak to a third party
//! (RFC 9700 §4.1, OA-05).

use std::net::Ipv4Addr;

use url::Url;

/// Why a URI may not be registered. The text is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// A space, a control character, a backslash, a quote, or anything beyond ASCII: parsers differ on them.
    #[error("a redirect URI may contain URI characters only")]
    Characters,
    /// RFC 6749 §3.1.2.
    #[error("a redirect URI must be absolute")]
    Relative,
    /// RFC 6749 §3.1.2: answers in the fragment would be mixed up with it.
    #[error("a redirect URI may not have a fragment")]
    Fragment,
    /// `https://good.test@evil.test/` reads as the wrong host.
    #[error("a redirect URI may not have a user name or password")]
    Userinfo,
    /// No host, or one that isn't written plainly.
    #[error("a redirect URI needs a plain host name")]
    Host,
    /// `http` elsewhere than on this machine shows codes to the network; `javascript:` and `data:` run in our origin.
    #[error(
        "a redirect URI must use https, or http on the loopback interface, or for native applications a private scheme with a period"
    )]
    Scheme,
    /// `.` and `..`, plain or encoded: browsers take them out, so the code would arrive elsewhere than what is registered.
    #[error("a redirect URI may not have dot segments")]
    DotSegments,
}

/// Whether `given` is the `registered` one: byte equality (RFC 9700 §2.1). For native clients the port of a loopback IP
/// address may vary (RFC 8252 §7.3), because the application takes whatever port is free; nothing else may.
#[must_use]
pub fn matches(registered: &str, given: &str, native: bool) -> bool {
    registered == given || (native && same_but_for_loopback_port(registered, given))
}

fn same_but_for_loopback_port(registered: &str, given: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"].into_iter().any(|origin| {
        let rest = |uri: &str| uri.strip_prefix(origin).and_then(without_port).map(str::to_owned);
        rest(registered).is_some_and(|registered| rest(given) == Some(registered))
    })
}

/// What follows an optional port; `None` if what stands there is no port, or the host goes on.
fn without_port(rest: &str) -> Option<&str> {
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(from_port) => {
            let end = from_port.find(|c: char| !c.is_ascii_digit()).unwrap_or(from_port.len());
            let (port, rest) = from_port.split_at_checked(end)?;
            port.parse::<u16>().ok().filter(|port| *port != 0)?;
            rest
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

/// Whether a client may register `uri`.
///
/// # Errors
/// [`Unacceptable`] says what is wrong with it, in words for whoever registers.
pub fn acceptable_for_registration(uri: &str, native: bool) -> Result<(), Unacceptable> {
    let fine =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}');
    if !uri.bytes().all(fine) {
        return Err(Unacceptable::Characters);
    }
    if uri.contains('#') {
        return Err(Unacceptable::Fragment);
    }
    let (scheme, rest) = uri.split_once(':').ok_or(Unacceptable::Relative)?;
    Url::parse(uri).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => Unacceptable::Relative,
        _ => Unacceptable::Host,
    })?;
    match scheme {
        "https" | "http" => {
            let rest = rest.strip_prefix("//").ok_or(Unacceptable::Host)?;
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).ok_or(Unacceptable::Host)?;
            check_authority(authority, scheme == "http")?;
            check_path(path)
        }
        // RFC 8252 §7.1: a reversed domain name, so that `javascript`, `data`, `file` and whatever else a browser or an
        // operating system gives a meaning to cannot be one.
        private if native && private.contains('.') && !rest.starts_with("//") => check_path(rest),
        _ => Err(Unacceptable::Scheme),
    }
}

fn check_authority(authority: &str, plain_http: bool) -> Result<(), Unacceptable> {
    if authority.contains('@') {
        return Err(Unacceptable::Userinfo);
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    if authority.is_empty() || !authority.bytes().all(plain) {
        return Err(Unacceptable::Host);
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    if plain_http && !is_loopback(host) { Err(Unacceptable::Scheme) } else { Ok(()) }
}

/// This machine, as it is written: `localhost` and names below it (RFC 6761 §6.3: they resolve to nothing else), `[::1]`,
/// and the whole of 127.0.0.0/8 in its plain spelling (RFC 1122 §3.2.1.3). Other spellings (`127.1`, `2130706433`,
/// `0x7f.1`, `127.0.0.01`) are no names of it here.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback() && address.to_string() == host);
    address || matches!(host, "[::1]" | "localhost") || host.ends_with(".localhost")
}

fn check_path(path: &str) -> Result<(), Unacceptable> {
    let path = path.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    // `..;x` is `..` to servers that know path parameters.
    let dotted = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if path.split('/').any(dotted) { Err(Unacceptable::DotSegments) } else { Ok(()) }
}

#[cfg(test)]
#[path = "redirect_uri_tests.rs"]
mod tests;
