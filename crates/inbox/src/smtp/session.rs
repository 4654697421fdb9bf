//! The conversation, without the network: `greeted → MAIL → RCPT… → DATA`, and back to `greeted` after each mail.

use super::{MAX_MESSAGE, MAX_RECIPIENTS};

/// Who sends a mail to whom, as MAIL and RCPT said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The return path; empty for bounces.
    pub sender: String,
    /// The recipients, each once.
    pub recipients: Vec<String>,
}

/// What follows a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next command.
    Command,
    /// The mail itself, up to the line with a dot alone.
    Data,
    /// The end.
    Close,
}

/// An answer on the wire, and what follows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    pub then: Then,
}

impl Reply {
    fn new(text: &str) -> Self {
        Self { text: format!("{text}\r\n"), then: Then::Command }
    }
}

/// One connection's state.
#[derive(Default)]
pub struct Session {
    greeted: bool,
    mail: Option<Envelope>,
}

impl Session {
    /// Decides on one command line, given without its line end.
    pub fn command(&mut self, line: &str) -> Reply {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.greet();
                Reply::new(&format!(
                    "250-inbox\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {MAX_MESSAGE}"
                ))
            }
            "HELO" => {
                self.greet();
                Reply::new("250 inbox")
            }
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest),
            "DATA" => self.data(),
            "RSET" => {
                self.mail = None;
                Reply::new("250 forgotten")
            }
            "NOOP" => Reply::new("250 here"),
            "VRFY" => Reply::new("252 every recipient is taken"),
            "QUIT" => Reply { then: Then::Close, ..Reply::new("221 goodbye") },
            // A web page can make a browser post to any port: the first line of HTTP ends the conversation.
            "GET" | "POST" | "PUT" | "OPTIONS" | "HEAD" | "CONNECT" => {
                Reply { then: Then::Close, ..Reply::new("421 this is a mail server") }
            }
            "STARTTLS" | "AUTH" | "EXPN" | "HELP" | "TURN" => Reply::new("502 not offered"),
            _ => Reply::new("500 unknown command"),
        }
    }

    /// The envelope of the mail whose data came to its end.
    pub fn take_envelope(&mut self) -> Envelope {
        self.mail.take().unwrap_or_default()
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.mail = None;
    }

    fn mail(&mut self, rest: &str) -> Reply {
        if !self.greeted {
            return Reply::new("503 EHLO first");
        }
        if self.mail.is_some() {
            return Reply::new("503 one mail at a time");
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else { return Reply::new("501 MAIL FROM:<address>") };
        let size = parameters.split(' ').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().ok())?
        });
        if size.is_some_and(|size| size > MAX_MESSAGE) {
            return Reply::new("552 too large");
        }
        self.mail = Some(Envelope { sender: sender.to_owned(), recipients: Vec::new() });
        Reply::new("250 sender taken")
    }

    fn recipient(&mut self, rest: &str) -> Reply {
        let Some(mail) = &mut self.mail else { return Reply::new("503 MAIL first") };
        let Some((recipient, _)) = path(rest, "TO:").filter(|(recipient, _)| !recipient.is_empty()) else {
            return Reply::new("501 RCPT TO:<address>");
        };
        if mail.recipients.len() >= MAX_RECIPIENTS {
            return Reply::new("452 too many recipients");
        }
        if !mail.recipients.iter().any(|known| known == recipient) {
            mail.recipients.push(recipient.to_owned());
        }
        Reply::new("250 recipient taken")
    }

    fn data(&self) -> Reply {
        match &self.mail {
            Some(mail) if !mail.recipients.is_empty() => {
                Reply { then: Then::Data, ..Reply::new("354 end with a dot on a line of its own") }
            }
            _ => Reply::new("503 MAIL and RCPT first"),
        }
    }
}

/// `FROM:<address> parameters…` → (address, parameters).
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let start = rest.get(..keyword.len()).filter(|start| start.eq_ignore_ascii_case(keyword))?;
    let (address, parameters) = rest.get(start.len()..)?.trim_start().strip_prefix('<')?.split_once('>')?;
    (!address.contains(|c: char| c.is_control() || c == ' ' || c == '<')).then_some((address, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(session: &mut Session, lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| session.command(line).text.chars().take(3).collect()).collect()
    }

    #[test]
    fn a_mail_needs_a_greeting_a_sender_and_a_recipient_in_this_order() {
        let mut session = Session::default();
        let lines = [
            "MAIL FROM:<a@b>",
            "EHLO x",
            "RCPT TO:<c@d>",
            "DATA",
            "mail from:<a@b> BODY=8BITMIME",
            "DATA",
            "RCPT TO:<>",
        ];
        assert_eq!(say(&mut session, &lines), ["503", "250", "503", "503", "250", "503", "501"]);
        assert_eq!(
            say(&mut session, &["rcpt to: <c@d>", "RCPT TO:<c@d>", "RCPT TO:<e@f>", "DATA"]),
            ["250", "250", "250", "354"]
        );
        assert_eq!(
            session.take_envelope(),
            Envelope { sender: "a@b".into(), recipients: vec!["c@d".into(), "e@f".into()] }
        );
    }

    #[test]
    fn nothing_is_offered_that_is_not_kept() {
        let mut session = Session::default();
        assert!(!session.command("EHLO x").text.contains("STARTTLS"));
        let lines =
            ["STARTTLS", "AUTH PLAIN x", "NOOP", "VRFY a", "RSET", "WHAT", "MAIL FROM:<a@b> SIZE=99999999", "MAIL a@b"];
        assert_eq!(say(&mut session, &lines), ["502", "502", "250", "252", "250", "500", "552", "501"]);
    }

    #[test]
    fn a_browser_that_posts_here_is_shown_the_door() {
        assert_eq!(Session::default().command("POST / HTTP/1.1").then, Then::Close);
        assert_eq!(Session::default().command("QUIT").then, Then::Close);
    }
}
