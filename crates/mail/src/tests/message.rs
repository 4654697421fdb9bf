use ambient::Timestamp;
use mail_parser::MessageParser;
use uuid::Uuid;

use super::letter;
use crate::render::render;
use crate::{Letter, Sender};

fn bytes(letter: &Letter) -> Vec<u8> {
    let from = Sender::new("no-reply@id.example.test", Some("Acme\r\nBcc: eve@evil.test")).unwrap();
    let at = Timestamp::from_seconds(1_700_000_000);
    render(letter, &from, Uuid::from_u128(5), at).unwrap().formatted()
}

#[test]
fn a_letter_becomes_text_and_html_with_everything_escaped() {
    let raw = bytes(&letter("alice@example.test"));
    let mail = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(mail.subject(), Some("Bestätigen Sie Ihre Adresse"));
    assert_eq!(mail.message_id(), Some("00000000-0000-0000-0000-000000000005@id.example.test"));
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2023-11-14T22:13:20Z");
    let to = mail.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Alice Müller"), Some("alice@example.test")));
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    let expected = "Hello Alice,\n\nSomeone asked for this.\n\n<script>alert('1 & 2')</script>\n\nConfirm:\n\
                    https://id.example.test/verify?a=1&token=s3cret\n\n-- \nSent by Acme.";
    assert_eq!(text.trim_end(), expected);
    let html = mail.body_html(0).unwrap();
    assert!(html.contains(r#"lang="de""#) && html.contains("prefers-color-scheme: dark"));
    assert!(html.contains("token=s3cret\"") && !html.contains("<script>") && !html.contains("http-equiv"));
}

#[test]
fn rel_06_every_attempt_has_the_same_bytes() {
    assert_eq!(bytes(&letter("alice@example.test")), bytes(&letter("alice@example.test")));
}

#[test]
fn web_14_no_text_becomes_a_header() {
    let attack = "x\r\nBcc: eve@evil.test\r\n\r\n<b>body</b>";
    let mut evil = letter("alice@example.test");
    evil.to_name = Some(attack.to_owned());
    evil.subject = attack.to_owned();
    evil.greeting = format!("{attack}\r\n.\r\nMAIL FROM:<eve@evil.test>");
    evil.language = format!("\"><script>{attack}");
    evil.action.as_mut().unwrap().label = attack.to_owned();
    evil.action.as_mut().unwrap().url = "https://x.test/\"><script>".to_owned();
    let raw = bytes(&evil);
    let mail = MessageParser::default().parse(&raw).unwrap();
    let names: Vec<_> = mail.headers().iter().map(|header| header.name().to_owned()).collect();
    let expected = ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"]
        .map(String::from);
    assert!(names.iter().all(|name| expected.contains(name)) && names.len() == expected.len(), "{names:?}");
    assert_eq!(mail.bcc(), None);
    assert_eq!(mail.to().unwrap().iter().count(), 1);
    assert_eq!(mail.from().unwrap().iter().count(), 1);
    assert!(!mail.body_html(0).unwrap().contains("<script>"));
    assert_eq!(mail.text_body_count() + mail.html_body_count(), 2);
}
