use reqwest::Method;
use tenant::members::MemberState;

use crate::harness::{Page, Person, Place, World};

/// Every route of the identity server, by hand: method and address.
const IDENTITY: &[(Method, &str)] = &[
    (Method::GET, "/.well-known/openid-configuration"),
    (Method::GET, "/.well-known/oauth-authorization-server"),
    (Method::GET, "/jwks"),
    (Method::POST, "/token"),
    (Method::GET, "/userinfo"),
    (Method::POST, "/userinfo"),
    (Method::POST, "/api/v1/tenant/members"),
    (Method::GET, "/health"),
    (Method::GET, "/"),
    (Method::GET, "/authorize"),
    (Method::POST, "/authorize"),
    (Method::GET, "/login"),
    (Method::POST, "/login"),
    (Method::GET, "/login/password"),
    (Method::POST, "/login/password"),
    (Method::GET, "/login/accounts"),
    (Method::POST, "/login/accounts"),
    (Method::POST, "/login/provider"),
    (Method::GET, "/login/new-password"),
    (Method::GET, "/login/how"),
    (Method::POST, "/login/how"),
    (Method::GET, "/login/how/sent"),
    (Method::POST, "/login/forget"),
    (Method::GET, "/login/elsewhere"),
    (Method::GET, "/upstream/no-such-provider/callback"),
    (Method::POST, "/upstream/no-such-provider/callback"),
    (Method::POST, "/upstream/no-such-provider/backchannel-logout"),
    (Method::GET, "/invitation"),
    (Method::GET, "/invitation/accept"),
    (Method::POST, "/invitation/accept"),
    (Method::POST, "/invitation/new"),
    (Method::POST, "/invitation/sign-in"),
    (Method::POST, "/invitation/provider"),
    (Method::GET, "/link"),
    (Method::POST, "/link"),
    (Method::GET, "/link/address"),
    (Method::POST, "/link/address"),
    (Method::POST, "/link/candidate"),
    (Method::POST, "/link/provider"),
    (Method::GET, "/link/sent"),
    (Method::GET, "/link/mail"),
    (Method::POST, "/link/mail"),
    (Method::GET, "/account/own"),
    (Method::POST, "/account/own"),
    (Method::GET, "/account/own/mail"),
    (Method::POST, "/account/own/make"),
    (Method::POST, "/account/own/sign-in"),
    (Method::GET, "/account/own/move"),
    (Method::POST, "/account/own/move"),
    (Method::GET, "/account/sign-in"),
    (Method::POST, "/account/sign-in/link"),
    (Method::POST, "/account/sign-in/unlink"),
    (Method::GET, "/admin/accounts"),
    (Method::GET, "/admin/accounts/00000000-0000-7000-8000-000000000000"),
    (Method::POST, "/admin/accounts/00000000-0000-7000-8000-000000000000/switch"),
    (Method::GET, "/admin/logins"),
    (Method::GET, "/admin/logins?reference=nonsense"),
    (Method::GET, "/admin/providers"),
    (Method::GET, "/admin/providers/new"),
    (Method::POST, "/admin/providers/new"),
    (Method::GET, "/admin/providers/contoso"),
    (Method::POST, "/admin/providers/contoso"),
    (Method::POST, "/admin/providers/contoso/test"),
    (Method::GET, "/admin/providers/contoso/mapping"),
    (Method::POST, "/admin/providers/contoso/mapping"),
    (Method::POST, "/admin/providers/contoso/key"),
    (Method::POST, "/admin/providers/contoso/disable"),
    (Method::POST, "/admin/providers/contoso/enable"),
    (Method::GET, "/admin/providers/contoso/remove"),
    (Method::POST, "/admin/providers/contoso/remove"),
    (Method::GET, "/api/v1/tenant/providers"),
    (Method::POST, "/api/v1/tenant/claims"),
    (Method::POST, "/api/v1/tenant/resets"),
    (Method::POST, "/api/v1/tenant/own-providers"),
    (Method::GET, "/api/v1/tenant/own-providers/acme.corp"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/test"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/mapping"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/key"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/enable"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/disable"),
    (Method::POST, "/api/v1/tenant/own-providers/acme.corp/remove"),
    (Method::GET, "/api/v1/tenant/decisions"),
    (Method::GET, "/api/v1/tenant/decisions?reference=x"),
    (Method::POST, "/api/v1/tenant/groups"),
    (Method::GET, "/signup"),
    (Method::POST, "/signup"),
    (Method::GET, "/signup/sent"),
    (Method::GET, "/signup/confirm"),
    (Method::POST, "/signup/confirm"),
    (Method::GET, "/signup/welcome"),
    (Method::GET, "/recover"),
    (Method::POST, "/recover"),
    (Method::GET, "/recover/sent"),
    (Method::GET, "/recover/reset"),
    (Method::POST, "/recover/reset"),
    (Method::GET, "/join"),
    (Method::POST, "/join"),
    (Method::GET, "/not-a-member"),
    (Method::POST, "/not-a-member"),
    (Method::GET, "/consent"),
    (Method::POST, "/consent"),
    (Method::GET, "/logout"),
    (Method::POST, "/logout"),
    (Method::POST, "/logout/confirm"),
    (Method::GET, "/logout/done"),
    (Method::GET, "/logout/upstream"),
    (Method::GET, "/logout/upstream?state=nonsense"),
    (Method::POST, "/logout/upstream"),
    (Method::GET, "/account"),
    (Method::GET, "/account/instances"),
    (Method::POST, "/api/v1/tenant-servers/enrol"),
    (Method::POST, "/api/v1/tenant-servers/lease"),
    (Method::GET, "/closed"),
    (Method::GET, "/admin"),
    (Method::GET, "/admin/tenants"),
    (Method::GET, "/admin/tenants/new"),
    (Method::POST, "/admin/tenants/new"),
    (Method::GET, "/admin/tenants/acme"),
    (Method::POST, "/admin/tenants/acme/rename"),
    (Method::POST, "/admin/tenants/acme/code"),
    (Method::GET, "/admin/tenants/acme/branding"),
    (Method::POST, "/admin/tenants/acme/branding"),
    (Method::GET, "/admin/tenants/acme/suspend"),
    (Method::POST, "/admin/tenants/acme/suspend"),
    (Method::POST, "/admin/tenants/acme/resume"),
    (Method::GET, "/admin/tenants/acme/export"),
    (Method::GET, "/admin/tenants/acme/delete"),
    (Method::POST, "/admin/tenants/acme/delete"),
    (Method::GET, "/admin/applications"),
    (Method::GET, "/admin/applications/new"),
    (Method::POST, "/admin/applications/new"),
    (Method::GET, "/admin/applications/lightbox"),
    (Method::POST, "/admin/applications/lightbox/secret"),
    (Method::POST, "/admin/applications/lightbox/disable"),
    (Method::POST, "/admin/applications/lightbox/enable"),
    (Method::GET, "/account/sessions"),
    (Method::GET, "/account/sessions/others"),
    (Method::POST, "/account/sessions/others"),
    (Method::GET, "/account/sessions/no-such-session"),
    (Method::POST, "/account/sessions/no-such-session"),
    (Method::GET, "/account/password"),
    (Method::POST, "/account/password"),
    (Method::GET, "/account/password/done"),
    (Method::POST, "/account/password/done"),
    (Method::POST, "/preferences/theme"),
    (Method::POST, "/preferences/language"),
    (Method::GET, "/assets/no-such-file"),
    (Method::GET, "/no-such-page"),
    (Method::DELETE, "/account"),
    (Method::PUT, "/token"),
    (Method::POST, "/jwks"),
];

/// Every route of a tenant.
const TENANT: &[(Method, &str)] = &[
    (Method::GET, "/"),
    (Method::POST, "/message"),
    (Method::POST, "/ask-again"),
    (Method::GET, "/requests"),
    (Method::GET, "/requests/00000000-0000-7000-8000-000000000000"),
    (Method::GET, "/requests/nonsense"),
    (Method::POST, "/requests/00000000-0000-7000-8000-000000000000/approve"),
    (Method::POST, "/requests/00000000-0000-7000-8000-000000000000/reject"),
    (Method::GET, "/members"),
    (Method::GET, "/members?after=nonsense"),
    (Method::GET, "/members/00000000-0000-7000-8000-000000000000"),
    (Method::POST, "/members/00000000-0000-7000-8000-000000000000/lock"),
    (Method::POST, "/members/00000000-0000-7000-8000-000000000000/unlock"),
    (Method::GET, "/members/export.jsonl"),
    (Method::GET, "/members/import"),
    (Method::GET, "/members/invitations"),
    (Method::GET, "/members/invitations?state=nonsense&before=x"),
    (Method::GET, "/members/invite/many"),
    (Method::POST, "/members/invite/many"),
    (Method::POST, "/members/import"),
    (Method::GET, "/members/import/example.csv"),
    (Method::GET, "/members/import/00000000-0000-7000-8000-000000000000"),
    (Method::GET, "/members/import/nonsense/report.csv"),
    (Method::POST, "/members/import/nonsense/start"),
    (Method::GET, "/jobs"),
    (Method::GET, "/jobs?before=nonsense"),
    (Method::POST, "/jobs"),
    (Method::GET, "/jobs/00000000-0000-7000-8000-000000000000"),
    (Method::POST, "/jobs/nonsense/start"),
    (Method::POST, "/members/00000000-0000-7000-8000-000000000000/keeper"),
    (Method::GET, "/members/00000000-0000-7000-8000-000000000000/roles"),
    (Method::GET, "/members/00000000-0000-7000-8000-000000000000/delete"),
    (Method::GET, "/members/states"),
    (Method::GET, "/members/states?member=nonsense"),
    (Method::GET, "/providers/contoso/groups"),
    (Method::POST, "/providers/contoso/groups"),
    (Method::POST, "/providers/contoso/groups/remove"),
    (Method::GET, "/roles"),
    (Method::GET, "/service-accounts"),
    (Method::POST, "/service-accounts"),
    (Method::GET, "/providers"),
    (Method::GET, "/providers/new"),
    (Method::GET, "/providers/new?preset=generic"),
    (Method::POST, "/providers/new"),
    (Method::GET, "/providers/acme.none"),
    (Method::POST, "/providers/acme.none"),
    (Method::POST, "/providers/acme.none/test"),
    (Method::GET, "/providers/acme.none/mapping"),
    (Method::POST, "/providers/acme.none/mapping"),
    (Method::POST, "/providers/acme.none/key"),
    (Method::POST, "/providers/acme.none/enable"),
    (Method::POST, "/providers/acme.none/disable"),
    (Method::GET, "/providers/acme.none/remove"),
    (Method::POST, "/providers/acme.none/remove"),
    (Method::GET, "/audit"),
    (Method::GET, "/audit/export.csv"),
    (Method::GET, "/audit/login"),
    (Method::GET, "/audit/login?reference=nonsense&before=x"),
    (Method::POST, "/members/views"),
    (Method::POST, "/members/views/nonsense/forget"),
    (Method::GET, "/members/00000000-0000-7000-8000-000000000000/details"),
    (Method::POST, "/members/nonsense/details"),
    (Method::GET, "/members/00000000-0000-7000-8000-000000000000/fields"),
    (Method::POST, "/members/nonsense/fields"),
    (Method::GET, "/profile"),
    (Method::POST, "/profile"),
    (Method::GET, "/accept"),
    (Method::POST, "/accept"),
    (Method::GET, "/terms"),
    (Method::GET, "/privacy?version=nonsense"),
    (Method::GET, "/help"),
    (Method::GET, "/settings/newcomers"),
    (Method::POST, "/settings/newcomers"),
    (Method::GET, "/settings/fields"),
    (Method::POST, "/settings/fields"),
    (Method::GET, "/settings/fields/nonsense"),
    (Method::POST, "/settings/fields/nonsense"),
    (Method::POST, "/settings/fields/nonsense/remove"),
    (Method::GET, "/settings/terms"),
    (Method::POST, "/settings/terms"),
    (Method::GET, "/settings/terms/acceptances.csv"),
    (Method::GET, "/leave"),
    (Method::POST, "/leave"),
    (Method::GET, "/leave/done"),
    (Method::GET, "/auth/login"),
    (Method::GET, "/auth/login?fresh=1"),
    (Method::GET, "/auth/callback"),
    (Method::GET, "/auth/callback?code=x&state=y&iss=z"),
    (Method::POST, "/logout"),
    (Method::POST, "/logout/everywhere"),
    (Method::GET, "/signed-out"),
    (Method::GET, "/closed/invite-only"),
    (Method::GET, "/closed/locked?reference=%3Cscript%3E"),
    (Method::GET, "/closed/nonsense"),
    (Method::POST, "/backchannel-logout"),
    (Method::GET, "/health"),
    (Method::POST, "/preferences/theme"),
    (Method::GET, "/no-such-page"),
    (Method::DELETE, "/members"),
];

/// Every route of the sample application.
const APPLICATION: &[(Method, &str)] = &[
    (Method::GET, "/"),
    (Method::GET, "/login"),
    (Method::POST, "/login"),
    (Method::GET, "/callback"),
    (Method::GET, "/callback?error=access_denied"),
    (Method::POST, "/logout"),
    (Method::GET, "/signed-out"),
    (Method::GET, "/sample.css"),
    (Method::GET, "/no-such-page"),
];

fn check(what: &str, page: &Page) {
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(page.header("x-frame-options"), "DENY", "{what}");
    assert!(["same-origin", "no-referrer"].contains(&page.header("referrer-policy")), "{what}");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert!(page.header("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(page.header("strict-transport-security"), "", "{what}: no HSTS on loopback");
    // A document that is the same for everyone is no answer to anybody's request in particular.
    let document =
        ["/.well-known/", "/jwks"].iter().any(|path| page.url.path().starts_with(path)) && page.status == 200;
    assert!(document || !page.header("x-request-id").is_empty(), "{what}");
    let caching = page.header("cache-control");
    let public =
        ["/.well-known/", "/jwks", "/assets/", "/sample.css"].iter().any(|path| page.url.path().starts_with(path));
    assert!(public || caching == "no-store", "{what}: {caching}");
    assert_eq!((page.header("server"), page.header("x-powered-by")), ("", ""), "{what}");
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{what}: {cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{what}: {cookie}");
    }
    let inline = page.body.contains("<script>")
        || page.body.contains(" style=\"")
        || page.body.contains("<style")
        || page.body.contains(" onclick=");
    assert!(!inline, "{what}: inline script or style");
    assert!(page.status < 500, "{what}: {}", page.status);
}

async fn walk(person: &mut Person, place: &Place, routes: &[(Method, &str)]) {
    for (method, path) in routes {
        for body in [None, Some(String::new()), Some("csrf=x&a=b".to_owned()), Some("{\"not\": \"a form\"}".to_owned())]
        {
            if body.is_some() == method.is_safe() {
                continue;
            }
            let what = format!("{method} {path} with {body:?}");
            let page = person.send(method.clone(), place.url(path).parse().unwrap(), &[], body).await;
            check(&what, &page);
        }
    }
}

#[tokio::test]
async fn web_01_headers_and_cookies_are_right_on_every_route() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for signed_in in [false, true] {
        for (place, routes) in [
            (&world.id, IDENTITY),
            (&world.acme, TENANT),
            (&world.lightbox, APPLICATION),
            (&world.inkwell, APPLICATION),
        ] {
            if signed_in {
                walk(&mut admin, place, routes).await;
            } else {
                walk(&mut world.browser(), place, routes).await;
            }
        }
        admin.enters(&world.acme).await;
    }
}

#[tokio::test]
async fn web_01_pages_of_a_login_carry_them_too() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    let mut seen = Vec::new();
    alice.opens(&world.acme).await;
    seen.push(alice.page.clone());
    alice.clicks("create-account").await;
    seen.push(alice.page.clone());
    alice.submits("send", &[("email", "alice@people.test")]).await;
    seen.push(alice.page.clone());
    alice.opens(&world.mailed_link("alice@people.test").await).await;
    seen.push(alice.page.clone());
    alice.submits("create", &[]).await;
    seen.push(alice.page.clone());
    alice.completes_sign_up().await;
    seen.push(alice.page.clone());
    alice.submits("allow", &[]).await;
    seen.push(alice.page.clone());
    alice.opens(&world.inkwell.url("/login")).await;
    seen.push(alice.page.clone());
    for page in seen {
        check(page.url.as_str(), &page);
    }
}

#[tokio::test]
async fn every_instance_has_cookies_of_its_own_names() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    for place in [&world.acme, &world.studio, &world.lightbox] {
        alice.enters(place).await;
    }
    let names = |place: &Place| {
        let cookies = alice.jar.header(&place.base.parse().unwrap()).unwrap_or_default();
        cookies
            .split("; ")
            .filter_map(|cookie| cookie.split_once('='))
            .fold(String::new(), |all, (name, _)| all + name + " ")
    };
    assert!(names(&world.acme).contains("t_acme_") && !names(&world.acme).contains("t_studio_"));
    assert!(names(&world.studio).contains("t_studio_") && !names(&world.id).contains("t_"));
}

#[tokio::test]
async fn a_post_from_another_site_is_refused_everywhere_but_at_the_protocol() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await;
    let open = [
        "/token",
        "/userinfo",
        "/authorize",
        "/logout",
        "/api/v1/tenant/members",
        "/api/v1/tenant-servers/enrol",
        "/api/v1/tenant-servers/lease",
        "/jwks",
        "/upstream/no-such-provider/callback",
        "/upstream/no-such-provider/backchannel-logout",
        "/api/v1/tenant/claims",
        "/api/v1/tenant/resets",
        "/api/v1/tenant/own-providers",
        "/api/v1/tenant/own-providers/acme.corp",
        "/api/v1/tenant/own-providers/acme.corp/test",
        "/api/v1/tenant/own-providers/acme.corp/mapping",
        "/api/v1/tenant/own-providers/acme.corp/key",
        "/api/v1/tenant/own-providers/acme.corp/enable",
        "/api/v1/tenant/own-providers/acme.corp/disable",
        "/api/v1/tenant/own-providers/acme.corp/remove",
        "/api/v1/tenant/groups",
    ];
    for (place, routes) in [(&world.id, IDENTITY), (&world.acme, TENANT), (&world.lightbox, APPLICATION)] {
        for (method, path) in routes.iter().filter(|(method, _)| *method == Method::POST) {
            for site in ["cross-site", "same-site"] {
                let page = alice
                    .send(
                        method.clone(),
                        place.url(path).parse().unwrap(),
                        &[("sec-fetch-site", site)],
                        Some(String::new()),
                    )
                    .await;
                let is_open =
                    (place.slug == "id" && open.contains(path) && *path != "/jwks") || *path == "/backchannel-logout";
                assert_eq!(
                    page.status == 403 && page.text().contains("Another website tried"),
                    !is_open,
                    "{path} {site}: {page:?}"
                );
            }
        }
    }
    alice.opens(&world.acme).await.sees("Viewer");
}
