//! The whole inbox: a real mailer hands over mail, scripts and browsers read it.

use std::net::SocketAddr;

use ambient::Ambient;
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use outbound::{Client, Config, Origin, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::Inbox;

struct World {
    inbox: Inbox,
    smtp: SocketAddr,
    web: SocketAddr,
    _stop: DropGuard,
}

async fn world() -> World {
    let listen = || TcpListener::bind("127.0.0.1:0");
    let (smtp, web) = (listen().await.unwrap(), listen().await.unwrap());
    let (at_smtp, at_web) = (smtp.local_addr().unwrap(), web.local_addr().unwrap());
    let cancel = CancellationToken::new();
    let inbox = Inbox::start(smtp, web, cancel.clone(), Ambient::system(), None).await.unwrap();
    World { inbox, smtp: at_smtp, web: at_web, _stop: cancel.drop_guard() }
}

impl World {
    async fn send(&self, to: &str, subject: &str) {
        let mail = lettre::Message::builder()
            .from("Latchkey <no-reply@id.test>".parse().unwrap())
            .to(to.parse().unwrap())
            .subject(subject)
            .multipart(MultiPart::alternative_plain_html(
                ".Grüße\r\n.\r\nhttps://id.test/confirm?t=1&u=2 ".to_owned(),
                "<script>steal()</script><a href=\"https://id.test/confirm?t=1&amp;u=2\">Confirm</a>".to_owned(),
            ))
            .unwrap();
        let mailer =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(self.smtp.port()).build();
        mailer.send(mail).await.unwrap();
    }

    async fn get(&self, path: &str) -> Response {
        let url = Url::parse(&format!("http://{}{path}", self.web)).unwrap();
        let config = Config { exceptions: Origin::of(&url).into_iter().collect(), ..Config::default() };
        Client::new(config).unwrap().send(Request::new(outbound::Method::GET, url)).await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        String::from_utf8(self.get(path).await.body).unwrap()
    }

    /// Says all lines at once and reads to the end.
    async fn say(&self, lines: &str) -> String {
        let mut stream = TcpStream::connect(self.smtp).await.unwrap();
        stream.write_all(lines.as_bytes()).await.unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await.unwrap();
        answers
    }
}

#[tokio::test]
async fn a_mailer_hands_over_a_mail_and_a_test_follows_its_link() {
    let world = world().await;
    let (mail, ()) =
        tokio::join!(world.inbox.wait_for("Mina@hollis.test", 1), world.send("mina@hollis.test", "Bestätige ✓"));
    let mail = mail.unwrap();
    assert_eq!((mail.subject.as_str(), mail.from.as_str()), ("Bestätige ✓", "Latchkey <no-reply@id.test>"));
    assert!(mail.text.starts_with(".Grüße\n.\n"), "{:?}", mail.text);
    assert_eq!(mail.links, ["https://id.test/confirm?t=1&u=2"]);
    assert!(world.inbox.messages_to("other@hollis.test").is_empty());
}

#[tokio::test]
async fn scripts_read_json_newest_first() {
    let world = world().await;
    for (to, subject) in [("a@b.test", "one"), ("a@b.test", "two"), ("c@d.test", "three")] {
        world.send(to, subject).await;
    }
    let messages: serde_json::Value = world.get("/messages.json?to=A%40b.test").await.json().unwrap();
    let subjects: Vec<_> = messages.as_array().unwrap().iter().map(|mail| mail["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["two", "one"]);
    let first = messages[0].as_object().unwrap();
    for name in ["id", "to", "from", "subject", "text", "html", "links", "received_at"] {
        assert!(first.contains_key(name), "{name}");
    }
    assert_eq!(first["to"], serde_json::json!(["a@b.test"]));
}

#[tokio::test]
async fn people_read_pages_and_no_mail_runs_scripts() {
    let world = world().await;
    assert!(world.page("/").await.contains("No mail yet"));
    world.send("a@b.test", "Welcome <b>").await;
    let list = world.page("/").await;
    assert!(list.contains("Welcome &#60;b&#62;"), "{list}");
    assert!(world.page("/?to=x@y.test").await.contains("No mail went to x@y.test"));
    let id = world.inbox.messages_to("a@b.test")[0].id.clone();
    let page = world.get(&format!("/messages/{id}")).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains(&format!("frame-src http://{};", world.web)) && policy.contains("script-src 'self'"),
        "{policy}"
    );
    let page = String::from_utf8(page.body).unwrap();
    assert!(page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"") && !page.contains("steal()"));
    let body = world.get(&format!("/messages/{id}/html")).await;
    let policy = body.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'")
            && !policy.contains("script-src")
            && policy.contains("sandbox allow-popups"),
        "{policy}"
    );
    assert!(world.page(&format!("/messages/{id}/source")).await.contains("Subject: Welcome <b>"));
    assert!(world.page("/messages/none").await.contains("This mail is not here"));
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order() {
    let world = world().await;
    let mail =
        |to: &str| format!("MAIL FROM:<x@y.test>\r\nRCPT TO:<{to}>\r\nDATA\r\nSubject: s\r\n\r\n..\r\nhi\r\n.\r\n");
    let said = world.say(&format!("EHLO me\r\n{}{}QUIT\r\n", mail("a@b.test"), mail("c@d.test"))).await;
    let codes: Vec<_> = said.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]);
    assert_eq!(world.inbox.messages_to("c@d.test")[0].text, ".\nhi\n");
}

#[tokio::test]
async fn what_is_too_long_too_large_or_no_mail_is_turned_away() {
    let world = world().await;
    assert!(world.say(&"x".repeat(5_000)).await.ends_with("500 line too long\r\n"));
    assert!(
        world
            .say("POST / HTTP/1.1\r\nHost: a\r\n\r\nMAIL FROM:<a@b>\r\n")
            .await
            .ends_with("421 this is a mail server\r\n")
    );
    assert_eq!(world.say(&"WHAT\r\n".repeat(30)).await.matches("500 ").count(), 20);
    let large = "a".repeat(3 * 1024 * 1024);
    let said =
        world.say(&format!("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n{large}\r\n.\r\nQUIT\r\n")).await;
    assert!(said.ends_with("552 too large\r\n221 goodbye\r\n"), "{said}");
    assert!(world.inbox.messages_to("a@b.test").is_empty());
}

#[tokio::test]
async fn it_starts_on_loopback_only() {
    let (smtp, web) = (TcpListener::bind("0.0.0.0:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    assert!(Inbox::start(smtp, web, CancellationToken::new(), Ambient::system(), None).await.is_err());
}

#[test]
fn both_languages_have_the_same_messages() {
    webkit::assert_same_keys(include_str!("../locales/en/inbox.ftl"), include_str!("../locales/de/inbox.ftl"));
}
