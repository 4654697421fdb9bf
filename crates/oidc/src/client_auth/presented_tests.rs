use super::*;
use crate::client::tests::web;
use ErrorCode::{InvalidClient, InvalidRequest};

fn header(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

fn read(authorization: Option<&str>, body: &str) -> Result<Presented, OAuthError> {
    Presented::read(authorization, &Params::parse(body).unwrap())
}

fn jwt(claims: &str) -> String {
    format!("e30.{}.AA", jose::base64url(claims.as_bytes()))
}

fn assertion_body(jwt: &str) -> String {
    format!(
        "client_assertion={jwt}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    )
}

#[test]
fn each_way_is_read() {
    let basic = Presented::Basic { id: "rp".into(), secret: "s3cret".into() };
    assert_eq!(read(Some(&header("rp:s3cret")), ""), Ok(basic.clone()));
    assert_eq!(read(Some(&header("rp:s3cret")), "client_id=rp"), Ok(basic.clone()));
    assert_eq!(read(Some(&header("rp:s3cret").replace("Basic", "bAsIc ")), ""), Ok(basic));
    let post = Presented::Post { id: "rp".into(), secret: "s3cret".into() };
    assert_eq!(read(None, "client_id=rp&client_secret=s3cret"), Ok(post));
    assert_eq!(read(None, "client_id=rp"), Ok(Presented::Nothing { id: "rp".into() }));
    let jwt = jwt(r#"{"sub":"rp"}"#);
    let assertion = Presented::Assertion { client_id: "rp".into(), jwt: jwt.clone() };
    assert_eq!(read(None, &assertion_body(&jwt)), Ok(assertion.clone()));
    assert_eq!(read(None, &(assertion_body(&jwt) + "&client_id=rp")), Ok(assertion));
}

#[test]
fn basic_credentials_are_form_urlencoded_before_base64() {
    let expected = Presented::Basic { id: "a:b c".into(), secret: "p+q%:ü".into() };
    assert_eq!(read(Some(&header("a%3Ab+c:p%2Bq%25%3A%C3%BC")), ""), Ok(expected));
    // A colon in the secret that wasn't encoded still belongs to the secret.
    assert_eq!(read(Some(&header("a:b:c")), ""), Ok(Presented::Basic { id: "a".into(), secret: "b:c".into() }));
}

#[test]
fn oa_02_two_ways_or_two_clients_are_refused() {
    let basic = header("rp:s3cret");
    let jwt = jwt(r#"{"sub":"rp"}"#);
    for (authorization, body) in [
        (Some(basic.as_str()), "client_id=rp&client_secret=s3cret".to_owned()),
        (Some(&basic), assertion_body(&jwt)),
        (None, assertion_body(&jwt) + "&client_id=rp&client_secret=s3cret"),
        (Some(&basic), "client_id=other".to_owned()),
        (None, assertion_body(&jwt) + "&client_id=other"),
        (None, "client_id=rp&client_id=rp".to_owned()),
        (None, "client_id=rp&client_secret=a&client_secret=b".to_owned()),
        (None, assertion_body(&jwt) + "&client_assertion=x"),
    ] {
        assert_eq!(read(authorization, &body).unwrap_err().code(), InvalidRequest, "{authorization:?} {body}");
    }
}

#[test]
fn oa_02_nothing_and_nonsense_are_no_client() {
    let latin1 = format!("Basic {}", STANDARD.encode(b"rp:\xff"));
    for (authorization, body) in [
        (None, String::new()),
        (None, "client_secret=s".into()),
        (Some("Bearer abc"), "client_id=rp".into()),
        (Some("Basic"), String::new()),
        (Some("Basic !!!"), String::new()),
        (Some(latin1.as_str()), String::new()),
        (Some(&header("nocolon")), String::new()),
        (Some(&header("rp:")), String::new()),
        (Some(&header(":s")), String::new()),
        (Some(&header("rp:%FF")), String::new()),
        (None, assertion_body("garbage")),
        (None, assertion_body(&jwt("{}"))),
        (None, assertion_body(&jwt(r#"{"sub":7}"#))),
        (None, assertion_body(&"a".repeat(1 << 20))),
        (None, "client_id=rp&client_assertion=x".into()),
        (None, "client_id=rp&client_assertion_type=x".into()),
        (None, format!("client_assertion={}&client_assertion_type=x", jwt(r#"{"sub":"rp"}"#))),
    ] {
        assert_eq!(read(authorization, &body).unwrap_err().code(), InvalidClient, "{authorization:?}");
    }
}

#[test]
fn only_the_registered_way_counts() {
    let mut client = web();
    let presented = read(Some(&header("rp:s")), "").unwrap();
    assert_eq!(presented.check_method(&client), Ok(()));
    assert_eq!(
        read(None, "client_id=rp&client_secret=s").unwrap().check_method(&client).unwrap_err().code(),
        InvalidClient
    );
    assert_eq!(read(None, "client_id=rp").unwrap().check_method(&client).unwrap_err().code(), InvalidClient);
    client.auth_method = AuthMethod::None;
    assert_eq!(read(None, "client_id=rp").unwrap().check_method(&client), Ok(()));
    assert!(presented.check_method(&client).is_err());
    client.client_id = "other".into();
    assert!(read(None, "client_id=rp").unwrap().check_method(&client).is_err());
}

#[test]
fn oa_26_debug_output_and_errors_have_no_secret() {
    let presented = read(Some(&header("rp:hunter2")), "").unwrap();
    assert_eq!(format!("{presented:?}"), "Presented(rp by client_secret_basic)");
    assert_eq!(
        read(Some(&header("rp:hunter2")), "client_secret=hunter2").unwrap_err().to_string().find("hunter2"),
        None
    );
}
