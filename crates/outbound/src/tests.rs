use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::Resolve;
use url::Url;

use crate::resolve::{Guard, Inside};
use crate::tests_server::Server;
use crate::{Client, Config, Origin, OutboundError, Request, StatusCode};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_exception_is_answered() {
    let server = Server::start().await;
    let request = Request::form(server.url("/echo"), [("a", "1 2")]).bearer("t0ken").unwrap();
    assert!(!format!("{request:?}").contains("t0ken"));
    let answer = server.client().send(request).await.unwrap();
    let text = String::from_utf8(answer.body).unwrap().to_lowercase();
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "text/plain");
    for part in ["post /echo http/1.1", "authorization: bearer t0ken", "x-www-form-urlencoded", "a=1+2", "latchkey/"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("cookie") && !text.contains("accept-encoding"));
}

#[tokio::test]
async fn oa_13_an_exception_is_exactly_one_origin() {
    let (server, other) = (Server::start().await, Server::start().await);
    let client = server.client();
    assert!(client.send(Request::get(server.url("/echo"))).await.is_ok());
    for (target, why) in [
        (format!("http://127.0.0.1:{}/echo", other.port), "port"),
        (format!("http://localhost:{}/echo", server.port), "name"),
        (format!("https://127.0.0.1:{}/echo", server.port), "scheme"),
        (format!("http://127.0.0.2:{}/echo", server.port), "host"),
        (format!("http://evil@127.0.0.1:{}/echo", server.port), "user"),
    ] {
        let error = client.send(Request::get(url(&target))).await.unwrap_err();
        let refused =
            matches!(error, OutboundError::NotHttps(_) | OutboundError::Inside(_) | OutboundError::Address(_));
        assert!(refused, "{why}: {error:?}");
    }
    assert_eq!((server.connections(), other.connections()), (1, 0));
}

#[tokio::test]
async fn oa_13_addresses_inside_are_refused_in_every_spelling_and_nobody_connects() {
    let server = Server::start().await;
    let client = Client::new(Config::default()).unwrap();
    for host in "127.0.0.1 2130706433 0x7f000001 017700000001 0x7f.1 127.1 127.0.0.1. %31%32%37.0.0.1 ①②⑦.⓪.⓪.① [::1] \
             [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] 0.0.0.0 0 [::] \
             10.0.0.1 169.254.169.254 [fe80::1] [fd00::1] 100.64.0.1 224.0.0.1 localhost LOCALHOST"
        .split(' ')
    {
        let target = url(&format!("https://{host}:{}/", server.port));
        let error = client.send(Request::get(target)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Inside(_)), "{host}: {error:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn oa_13_other_schemes_are_refused() {
    let client = Client::new(Config::default()).unwrap();
    for target in
        ["http://example.test/", "ftp://example.test/", "file:///etc/passwd", "data:,x", "gopher://127.0.0.1/"]
    {
        let error = client.send(Request::get(url(target))).await.unwrap_err();
        assert!(matches!(error, OutboundError::NotHttps(_)), "{target}: {error:?}");
    }
}

#[tokio::test]
async fn oa_13_a_name_that_answers_differently_the_second_time_is_judged_again() {
    let resolve = |answers: &'static [&'static str]| async move {
        let addresses: Vec<SocketAddr> = answers.iter().map(|it| it.parse().unwrap()).collect();
        let guard = Guard::new(move |_| {
            let addresses = addresses.clone();
            async move { Ok(addresses) }
        });
        guard.resolve("rebind.test".parse().unwrap()).await.map(|it| it.collect::<Vec<_>>())
    };
    let judged = resolve(&["1.1.1.1:0", "[2606:4700::1]:0"]).await.unwrap();
    assert_eq!(judged.len(), 2, "exactly the judged addresses are connected to");
    for inside in
        [&["127.0.0.1:0"][..], &["1.1.1.1:0", "10.0.0.1:0"], &["[::ffff:127.0.0.1]:0"], &["[64:ff9b::a00:1]:0"]]
    {
        assert!(resolve(inside).await.is_err_and(|error| error.is::<Inside>()), "{inside:?}");
    }
    let always_inside = Guard::new(|_| async { Ok(vec!["127.0.0.1:0".parse().unwrap()]) });
    let client = Client::with_resolver(Config::default(), Arc::new(always_inside)).unwrap();
    let error = client.send(Request::get(url("https://rebind.test/"))).await.unwrap_err();
    assert!(matches!(error, OutboundError::Inside(_)), "{error:?}");
}

#[tokio::test]
async fn oa_13_a_redirect_is_an_answer_and_not_followed() {
    let server = Server::start().await;
    let answer = server.client().send(Request::get(server.url("/redirect"))).await.unwrap();
    assert_eq!((answer.status, answer.headers["location"].to_str().unwrap()), (StatusCode::FOUND, "/echo"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn oa_13_long_bodies_are_cut_announced_or_not() {
    let server = Server::start().await;
    let client = server.client();
    assert_eq!(client.send(Request::get(server.url("/exact"))).await.unwrap().body.len(), 10_000);
    for path in ["/announced", "/endless"] {
        let error = client.send(Request::get(server.url(path))).await.unwrap_err();
        assert!(matches!(error, OutboundError::TooLarge(_, 10_000)), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn oa_13_slow_answers_are_cut() {
    let server = Server::start().await;
    let client = server.client_within(Duration::from_millis(700));
    for path in ["/drip", "/silent"] {
        let started = Instant::now();
        let error = client.send(Request::get(server.url(path))).await.unwrap_err();
        assert!(matches!(error, OutboundError::Timeout(_)), "{path}: {error:?}");
        assert!(started.elapsed() < Duration::from_secs(9), "{path}");
    }
}

#[tokio::test]
async fn rel_14_garbage_and_closed_ports_are_unreachable_and_their_query_is_not_told() {
    let server = Server::start().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = url(&format!("http://{closed}/x?code=s3cret"));
    let exceptions = vec![Origin::of(&gone).unwrap(), Origin::of(&server.url("/")).unwrap()];
    let client = Client::new(Config { exceptions, ..Config::default() }).unwrap();
    for target in [gone, server.url("/garbage")] {
        let error = client.send(Request::get(target)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Unreachable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn it_speaks_the_types_of_the_openidconnect_crate() {
    let server = Server::start().await;
    let request = http::Request::get(server.url("/nothing").as_str()).header("x-a", "b").body(Vec::new()).unwrap();
    let answer: http::Response<Vec<u8>> = server.client().call(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (404, &b"{}"[..]));
    let relative = http::Request::get("/only/a/path").body(Vec::new()).unwrap();
    assert!(matches!(server.client().call(relative).await, Err(OutboundError::Address(_))));
}

#[test]
fn a_ca_file_that_is_none_is_refused() {
    let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    assert!(Client::new(Config { extra_ca_pem: Some(pem), ..Config::default() }).is_err());
}
