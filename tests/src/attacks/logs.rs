use std::cell::RefCell;
use std::io::Write;

use crate::harness::{MINUTE, World, refreshing, text};

thread_local! {
    /// What this thread has logged, once it is asked to remember.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Keeps what the threads log that are asked to remember.
struct Keeper;

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.iter_mut().for_each(|log| log.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One thread runs everything here, so that its log is the log of every server. Set for the whole process: whether a
/// line is logged at all is decided once for all threads.
#[tokio::test]
async fn oa_26_no_password_code_token_or_link_is_logged() {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("debug,hyper=info,reqwest=info,hyper_util=info")
        .with_ansi(false)
        .with_writer(|| Keeper)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    LOG.set(Some(Vec::new()));
    let world = World::new().await;
    let mut alice = world.sign_up("alice").await;
    let link = world.mailed_link("alice@people.test").await;
    let rp = world.platform_client("app", refreshing).await;
    let request = rp.request(&[("login_hint", Some("hinted@people.test"))]);
    alice.opens(&request.url()).await.submits("allow", &[]).await;
    let code = alice.query("code").unwrap();
    let tokens = rp.redeem(&code, &request.verifier).await.json();
    let refresh = text(&tokens, "refresh_token");
    let next = text(&rp.refresh(&refresh).await.json(), "refresh_token");
    world.passes(MINUTE);
    rp.refresh(&refresh).await.is_error(400, "invalid_grant");
    rp.asks("/introspect", &[("token", &next)]).await;
    rp.asks("/revoke", &[("token", &next)]).await;
    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    let access = tokens["access_token"].as_str().unwrap();
    rp.call(reqwest::Method::GET, &format!("/userinfo?access_token={access}"), &[], None).await;
    rp.userinfo(&format!("{access}x")).await;
    alice.opens(&link).await.answers(410);
    let mut eve = alice.elsewhere(&world);
    eve.password = "a wrong one, yet secret".to_owned();
    eve.enters(&world.acme).await.answers(422);

    let log = String::from_utf8(LOG.take().unwrap()).unwrap();
    assert!(log.contains("token request refused") && log.contains("/authorize"), "the control: requests are logged");
    let session = alice.jar.get(&world.id.base, "lk_identity_session").unwrap();
    let secret = crate::harness::secret_of("app");
    for (what, text) in [
        ("a password", &*alice.password),
        ("a wrong password", &*eve.password),
        ("a code", &code[..]),
        ("a verifier", &*request.verifier),
        ("a state", &*request.state),
        ("an access token", access),
        ("a refresh token", &*refresh),
        ("a refresh token's secret", &refresh[..64]),
        ("another refresh token's secret", &next[..64]),
        ("an ID token", tokens["id_token"].as_str().unwrap()),
        ("a mailed link", link.split("token=").nth(1).unwrap()),
        ("a session id", &*session),
        ("a client secret", &*secret),
        ("a login hint", "hinted@people.test"),
        ("an e-mail address", "alice@people.test"),
    ] {
        let line = log.lines().find(|line| line.contains(text));
        assert_eq!(line, None, "{what} is logged");
    }
}
