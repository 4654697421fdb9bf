use super::MAX_MESSAGE;

/// Collects the lines after DATA. Only `CRLF . CRLF` ends a mail: whoever takes a bare line feed for a line end lets
/// one mail smuggle another past a stricter neighbour (RFC 5321 §4.1.1.4, CVE-2023-51764).
pub struct Data {
    raw: Vec<u8>,
    at_line_start: bool,
    after_cr: bool,
    overflow: bool,
}

impl Data {
    pub const fn new() -> Self {
        Self { raw: Vec::new(), at_line_start: true, after_cr: false, overflow: false }
    }

    /// Takes a piece up to a line feed (or a part of an overlong line); `true` at the end of the mail.
    pub fn take(&mut self, piece: &[u8]) -> bool {
        if self.at_line_start && piece == b".\r\n" {
            return true;
        }
        // Dot-unstuffing (§4.5.2).
        let piece = if self.at_line_start { piece.strip_prefix(b".").unwrap_or(piece) } else { piece };
        // An overlong line comes in pieces, and the cut may fall between CR and LF.
        self.at_line_start = piece.ends_with(b"\r\n") || (self.after_cr && piece == b"\n");
        self.after_cr = piece.ends_with(b"\r");
        self.overflow |= self.raw.len() + piece.len() > MAX_MESSAGE;
        if !self.overflow {
            self.raw.extend_from_slice(piece);
        }
        false
    }

    /// The mail; `None` if it was larger than what is taken.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.overflow).then_some(self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(pieces: &[&str]) -> (bool, Vec<u8>) {
        let mut data = Data::new();
        let ended = pieces.iter().any(|piece| data.take(piece.as_bytes()));
        (ended, data.finish().unwrap())
    }

    #[test]
    fn dots_are_unstuffed_and_a_dot_alone_ends_the_mail() {
        assert_eq!(collect(&["a\r\n", "..\r\n", "..b\r\n", ".\r\n"]), (true, b"a\r\n.\r\n.b\r\n".to_vec()));
    }

    #[test]
    fn a_bare_line_feed_ends_nothing() {
        assert!(!collect(&["a\n", ".\r\n", "x\r\n", ".\n"]).0);
    }

    #[test]
    fn a_line_end_is_known_in_two_pieces_too() {
        assert_eq!(collect(&["aaa\r", "\n", ".\r\n"]), (true, b"aaa\r\n".to_vec()));
    }

    #[test]
    fn what_is_too_large_is_read_to_its_end_and_dropped() {
        let mut data = Data::new();
        assert!(!data.take(&vec![b'a'; MAX_MESSAGE + 1]));
        assert!(!data.take(b"a\r\n"));
        assert!(data.take(b".\r\n"));
        assert_eq!(data.finish(), None);
    }
}
