//! A relay of a few lines on loopback, spoken to by the real SMTP client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobs::Progress;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{ACME, World, letter};
use crate::{PostError, Security, Smtp, SmtpConfig, SmtpError};

type Heard = Arc<Mutex<Vec<String>>>;

/// Answers every `RCPT` with `answer`; keeps every line it heard.
async fn relay(answer: &'static str) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let log = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answer, Arc::clone(&log)));
        }
    });
    (port, heard)
}

async fn converse(mut stream: TcpStream, answer: &'static str, log: Heard) {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    let mut in_data = false;
    let mut slow = answer.starts_with("250 slow");
    writer.write_all(b"220 relay.test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        log.lock().unwrap().push(line.clone());
        let reply = match (in_data, line.split([' ', ':']).next().unwrap_or_default()) {
            (true, ".") => "250 taken",
            (true, _) => continue,
            (_, "DATA") => "354 go on",
            (_, "RCPT") => answer,
            (_, "QUIT") => "221 bye",
            _ => "250 fine",
        };
        if reply.starts_with("250 taken") && std::mem::take(&mut slow) {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        in_data = reply.starts_with("354");
        if writer.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn smtp(port: u16) -> Arc<Smtp> {
    Arc::new(Smtp::new(SmtpConfig::loopback("127.0.0.1", port)).unwrap())
}

/// One that waits for a second alone.
fn hasty(port: u16) -> Arc<Smtp> {
    let mut config = SmtpConfig::loopback("127.0.0.1", port);
    config.timeout = Duration::from_secs(1);
    Arc::new(Smtp::new(config).unwrap())
}

#[tokio::test]
async fn letters_go_to_a_real_relay_over_kept_connections() {
    let world = World::new().await;
    let (port, heard) = relay("250 ok").await;
    for number in 0..10 {
        world.queue(ACME, &letter(&format!("n{number}@example.test"))).await;
    }
    assert_eq!(world.postman_by(smtp(port)).round().await.unwrap(), Progress::More);
    let heard = heard.lock().unwrap();
    let count = |start: &str| heard.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(
        (count("RCPT TO:<n"), count("MAIL FROM:<no-reply@id.example.test>"), count("Message-ID: ")),
        (10, 10, 10)
    );
    assert!(count("EHLO") <= 4, "{}", count("EHLO"));
}

#[tokio::test]
async fn what_a_relay_says_decides_how_long_to_wait_and_is_not_written_down() {
    for (answer, seconds, trouble) in [
        ("550 no <alice@example.test>", 3_600, "refused: the relay answered 550"),
        ("450 later", 15, "put off: the relay answered 450"),
    ] {
        let world = World::new().await;
        let (port, _) = relay(answer).await;
        let id = world.queue(ACME, &letter("alice@example.test")).await;
        world.postman_by(smtp(port)).round().await.unwrap();
        let row = world.row(id).await;
        assert_eq!(row.trouble.as_deref(), Some(trouble));
        assert_eq!(row.next_at.unwrap().since(world.ambient.now()).as_secs(), seconds);
    }
}

#[tokio::test]
async fn rel_13_a_relay_that_is_away_or_silent_is_waited_for() {
    let world = World::new().await;
    world.queue(ACME, &letter("alice@example.test")).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert!(matches!(world.postman_by(smtp(closed)).round().await, Err(PostError::RelayAway(_))));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.pass(3_600);
    let postman = world.postman_by(hasty(silent.local_addr().unwrap().port()));
    let answer = tokio::time::timeout(Duration::from_secs(20), postman.round()).await.unwrap();
    assert!(matches!(answer, Err(PostError::RelayAway(_))), "{answer:?}");
}

#[tokio::test]
async fn rel_06_a_connection_that_was_cut_off_carries_no_other_mail() {
    let world = World::new().await;
    let (port, heard) = relay("250 slow").await;
    world.queue(ACME, &letter("alice@example.test")).await;
    let postman = world.postman_by(hasty(port));
    assert!(matches!(postman.round().await, Err(PostError::RelayAway(_))));
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.queue(ACME, &letter("bob@example.test")).await;
    assert!(matches!(postman.round().await, Err(PostError::RelayAway(_))));
    assert_eq!(heard.lock().unwrap().iter().filter(|line| line.starts_with("EHLO")).count(), 2);
}

#[tokio::test]
async fn web_28_no_letter_crosses_a_network_in_clear() {
    for host in ["mail.example.test", "10.0.0.1", "localhost.evil.test", ""] {
        let refused = Smtp::new(SmtpConfig::loopback(host, 25));
        assert!(matches!(refused, Err(SmtpError::NotLoopback(_))), "{host}");
    }
    // A relay that offers no STARTTLS gets nothing.
    let world = World::new().await;
    let (port, heard) = relay("250 ok").await;
    let id = world.queue(ACME, &letter("alice@example.test")).await;
    let config = SmtpConfig { security: Security::StartTls, ..SmtpConfig::loopback("localhost", port) };
    let _away = world.postman_by(Arc::new(Smtp::new(config).unwrap())).round().await;
    assert!(!heard.lock().unwrap().iter().any(|line| line.starts_with("MAIL") || line.starts_with("DATA")));
    assert!(world.row(id).await.letter.is_some());
}
