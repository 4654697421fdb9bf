use identity::clients::Unfit;
use identity::tenants::Wrong;
use webkit::{FieldErrors, Message};

/// Which field is wrong, and what to do about it.
const fn field(wrong: Wrong) -> (&'static str, &'static str) {
    match wrong {
        Wrong::Slug => ("slug", "wrong-slug"),
        Wrong::SlugTaken => ("slug", "wrong-slug-taken"),
        Wrong::Name => ("name", "wrong-name"),
        Wrong::BaseUrl => ("base_url", "wrong-base-url"),
        Wrong::BaseUrlTaken => ("base_url", "wrong-base-url-taken"),
        Wrong::Blueprint => ("blueprint", "wrong-blueprint"),
        Wrong::Email => ("email", "email-wrong"),
        Wrong::Icon => ("icon", "wrong-icon"),
        Wrong::Accent => ("accent", "wrong-accent"),
        Wrong::TermsUrl => ("terms_url", "wrong-web-address"),
        Wrong::PrivacyUrl => ("privacy_url", "wrong-web-address"),
    }
}

/// What is wrong with a tenant.
pub fn errors(wrong: &[Wrong]) -> FieldErrors {
    let mut errors = FieldErrors::none();
    for wrong in wrong {
        let (field, message) = field(*wrong);
        errors.add(field, message);
    }
    errors
}

/// What is wrong with an application. The reasons are those of the protocol's own rules, in English.
pub fn application_errors(unfit: &[Unfit]) -> FieldErrors {
    let mut errors = FieldErrors::none();
    let uri = |uri: &str, why: &dyn std::fmt::Display| {
        Message::new("wrong-uri").with("uri", uri.to_owned()).with("why", why.to_string())
    };
    for unfit in unfit {
        match unfit {
            Unfit::Name => errors.add("name", "wrong-name"),
            Unfit::RedirectUris => errors.add("redirect_uris", "wrong-redirect-uris"),
            Unfit::RedirectUri(bad, why) => errors.add("redirect_uris", uri(bad, why)),
            Unfit::PostLogoutUri(bad, why) => errors.add("post_logout_uris", uri(bad, why)),
            Unfit::BackchannelUri(why) => {
                errors.add("backchannel_uri", Message::new("wrong-backchannel").with("why", why.to_string()));
            }
            Unfit::Keys => errors.add("jwks", "wrong-jwks"),
            Unfit::Service => errors.add("tenant", "wrong-service"),
        }
    }
    errors
}
