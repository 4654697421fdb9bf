use std::collections::HashMap;

use url::Url;

use crate::{Code, Evil, Trick};

/// Where the browser is sent back to, at once: whoever sits there has consented, or has not.
pub(crate) fn answer(evil: &Evil, request: HashMap<String, String>) -> Result<Url, &'static str> {
    let of = |name: &str| request.get(name).map(String::as_str).unwrap_or_default();
    evil.told().last_request.clone_from(&request);
    let client = evil.told().clients.iter().find(|client| client.client_id == of("client_id")).cloned();
    let client = client.ok_or("the client is not known")?;
    if client.redirect_uri.as_deref().is_some_and(|registered| registered != of("redirect_uri")) {
        return Err("the redirect address is not registered");
    }
    let mut back = Url::parse(of("redirect_uri")).map_err(|_| "the redirect address is none")?;
    let person = evil.told().person.clone().ok_or("nobody sits there: call Evil::has")?;
    let error = match () {
        () if of("response_type") != "code" => Some("unsupported_response_type"),
        () if evil.does(Trick::Denied) => Some("access_denied"),
        () if evil.does(Trick::ServerError) => Some("server_error"),
        () => None,
    };
    back.query_pairs_mut().append_pair("state", of("state"));
    match error {
        Some(error) => drop(back.query_pairs_mut().append_pair("error", error)),
        None if evil.does(Trick::AnswerNoCode) => {}
        None => {
            let code = evil.0.ambient.identifier();
            back.query_pairs_mut().append_pair("code", &code);
            evil.told().codes.insert(code, Code { person, request });
        }
    }
    if evil.does(Trick::AnswerIss) {
        back.query_pairs_mut().append_pair("iss", "https://another.example");
    } else if !evil.does(Trick::AnswerNoIss) && !evil.does(Trick::NoIssPromised) && evil.0.vendor.names_itself() {
        back.query_pairs_mut().append_pair("iss", evil.issuer());
    }
    if evil.does(Trick::KeysRotate) || evil.does(Trick::KeysRotateNoKid) {
        evil.rotates_its_keys();
    }
    Ok(back)
}
