use std::time::{Duration, UNIX_EPOCH};

use ambient::Timestamp;
use askama::Template;
use lettre::message::{Mailbox, MultiPart, SinglePart, header};
use lettre::{Address, Message};
use uuid::Uuid;

use crate::letter::{address, one_line};
use crate::{Letter, LetterError};

/// Who the mails are from.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

/// The configured sender is no mail address.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no mail address to send from")]
pub struct SenderError(String);

impl Sender {
    /// Such as `no-reply@id.example.test` and `Acme sign-in`.
    ///
    /// # Errors
    /// [`SenderError`].
    pub fn new(from: &str, name: Option<&str>) -> Result<Self, SenderError> {
        let from = address(from).map_err(|_| SenderError(from.to_owned()))?;
        Ok(Self(mailbox(name, from)))
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    sender: &'a str,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
}

/// Why a letter could not be put into a message: a defect, since [`Letter::check`] came before.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderError {
    #[error(transparent)]
    Letter(#[from] LetterError),
    #[error(transparent)]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Message(#[from] lettre::error::Error),
}

/// The message of an outbox row: the same bytes at every attempt, so that receivers can recognise a repetition (REL-06).
pub(crate) fn render(letter: &Letter, from: &Sender, id: Uuid, queued_at: Timestamp) -> Result<Message, RenderError> {
    let Sender(from) = from;
    let to = mailbox(letter.to_name.as_deref(), address(&letter.to)?);
    let queued_at = Duration::from_micros(u64::try_from(queued_at.as_micros()).unwrap_or(0));
    let sender = from.name.clone().unwrap_or_else(|| from.email.domain().to_owned());
    let text = Text { letter }.render()?;
    let html = Html { letter, sender: &sender }.render()?;
    let body = MultiPart::alternative()
        .boundary(format!("=_{}", id.simple()))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    Ok(Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(UNIX_EPOCH + queued_at)
        .from(from.clone())
        .to(to)
        .subject(one_line(&letter.subject))
        // No "out of office" in return (RFC 3834 §5).
        .header(AutoSubmitted)
        .multipart(body)?)
}

fn mailbox(name: Option<&str>, address: Address) -> Mailbox {
    Mailbox::new(name.map(one_line).filter(|name| !name.is_empty()), address)
}

#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
