use ambient::{Ambient, Timestamp};
use mail_parser::{Address, MessageParser, PartType};
use serde::{Deserialize, Serialize};

use crate::links;
use crate::smtp::Envelope;

/// One mail that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id here, ordered by arrival.
    pub id: String,
    /// Whom it was delivered to: the envelope's recipients, not what the headers say.
    pub to: Vec<String>,
    /// Who it says it is from, `Name <address>` or an address.
    pub from: String,
    /// The subject, decoded; empty if there is none.
    pub subject: String,
    /// The plain text part, or the text of the HTML part.
    pub text: String,
    /// The HTML part, if there is one.
    pub html: Option<String>,
    /// Every `http` and `https` address in it, each once: those of the text first, then those that only the HTML part
    /// has.
    pub links: Vec<String>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Everything as it came over the wire, headers included.
    pub source: String,
}

impl Message {
    /// Reads what SMTP delivered. Nothing is refused: what isn't a mail becomes one without subject and sender.
    pub(crate) fn read(envelope: &Envelope, raw: &[u8], ambient: &Ambient) -> Self {
        let parsed = MessageParser::default().parse(raw);
        let parsed = parsed.as_ref();
        let html = parsed.and_then(|mail| {
            mail.html_bodies().find_map(|part| match &part.body {
                PartType::Html(html) => Some(html.to_string()),
                _ => None,
            })
        });
        let text = parsed.and_then(|mail| mail.body_text(0)).unwrap_or_default().replace("\r\n", "\n");
        Self {
            id: ambient.row_id().to_string(),
            to: envelope.recipients.clone(),
            from: parsed.and_then(|mail| mail.from()).and_then(displayed).unwrap_or_else(|| envelope.sender.clone()),
            subject: parsed.and_then(|mail| mail.subject()).unwrap_or_default().to_owned(),
            links: links::of(&text, html.as_deref()),
            text,
            html,
            received_at: ambient.now(),
            source: String::from_utf8_lossy(raw).into_owned(),
        }
    }

    /// Whether it was delivered to `address`; upper and lower case are one.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        self.to.iter().any(|to| to.to_lowercase() == address)
    }
}

fn displayed(from: &Address<'_>) -> Option<String> {
    let from = from.first()?;
    let address = from.address()?;
    Some(from.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Message {
        let envelope = Envelope { sender: "sender@a.test".into(), recipients: vec!["Mina@Hollis.test".into()] };
        Message::read(&envelope, raw.as_bytes(), &Ambient::system())
    }

    #[test]
    fn both_parts_of_a_multipart_mail_are_read() {
        let mail = read(
            "From: =?utf-8?q?B=C3=BCro?= <office@a.test>\r\nTo: x@b.test\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Gr=C3=BC=C3=9Fe: https://a.test/?c=3D1&d=3D2.\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
             <a href=\"https://a.test/?c=1&amp;d=2\">x</a>\r\n--b--\r\n",
        );
        assert_eq!(mail.from, "Büro <office@a.test>");
        assert_eq!(mail.subject, "Grüße");
        assert!(mail.text.starts_with("Grüße: https://a.test/?c=1&d=2."));
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<a href=\"https://a.test/?c=1&amp;d=2\">x</a>"));
        assert_eq!(mail.links, ["https://a.test/?c=1&d=2"]);
        assert!(mail.is_to("mina@hollis.test") && !mail.is_to("x@b.test"), "the envelope decides, not the header");
    }

    #[test]
    fn a_plain_mail_has_no_html_and_one_of_html_alone_has_text_too() {
        let plain = read("Subject: a\r\n\r\nhello\r\n");
        assert_eq!((plain.html, plain.text.trim(), plain.from.as_str()), (None, "hello", "sender@a.test"));
        let html = read("Subject: a\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n");
        assert!(html.text.contains("hello") && html.html.is_some());
    }

    #[test]
    fn what_is_no_mail_at_all_is_kept_too() {
        let mail = read("");
        assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("", ""));
    }
}
