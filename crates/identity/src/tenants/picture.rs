//! What a picture is, told by its own bytes: its kind by how it begins, its size by its header, and that it is whole by how
//! it ends. Nothing is decoded, so nothing that is wrong with a decoder can be reached from here.

/// The most bytes that a logo may have.
pub const MOST_BYTES: usize = 200_000;

/// The most pixels that a side of it may have.
pub const MOST_PIXELS: u32 = 2_000;

/// A picture that browsers show and that can do nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why something cannot be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// A drawing in XML, which can hold scripts (WEB-16).
    Svg,
    /// None of the three kinds.
    Unknown,
    /// It begins as one of them, and is cut off, or something is appended or wrong.
    Damaged,
    /// A side has more than [`MOST_PIXELS`].
    TooManyPixels,
}

/// What picture this is.
///
/// # Errors
/// [`Unfit`].
pub fn inspect(bytes: &[u8]) -> Result<Picture, Unfit> {
    if bytes.len() > MOST_BYTES {
        return Err(Unfit::TooLarge);
    }
    let (media_type, size) = if let Some(rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        ("image/png", png(rest))
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xd8\xff") {
        ("image/jpeg", jpeg(rest))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        ("image/webp", webp(bytes))
    } else {
        return Err(if is_xml(bytes) { Unfit::Svg } else { Unfit::Unknown });
    };
    match size {
        Some((width, height)) if width.max(height) > MOST_PIXELS => Err(Unfit::TooManyPixels),
        Some((width, height)) if width.min(height) > 0 => Ok(Picture { media_type, width, height }),
        _ => Err(Unfit::Damaged),
    }
}

/// What begins with a tag, after spaces and a byte order mark.
fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<?xml") || text.starts_with(b"<svg") || text.starts_with(b"<!DOCTYPE svg")
}

/// Chunks of length, kind, data and checksum: `IHDR` first, `IEND` last, nothing after it (PNG, third edition, §5).
fn png(mut rest: &[u8]) -> Option<(u32, u32)> {
    let mut size = None;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = after.get(4..)?;
        match (kind, size) {
            (b"IHDR", None) => {
                let (width, data) = data.split_first_chunk::<4>()?;
                let (height, _) = data.split_first_chunk::<4>()?;
                size = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
            }
            (b"IHDR", Some(_)) | (_, None) => return None,
            (b"IEND", size) => return size.filter(|_| rest.is_empty()),
            _ => {}
        }
    }
}

/// Segments up to the frame's header, which has the size (ITU-T T.81 §B.2.2); `rest` begins after the first `FF` of the first.
fn jpeg(rest: &[u8]) -> Option<(u32, u32)> {
    let mut rest = rest.strip_suffix(b"\xff\xd9")?;
    loop {
        let (marker, after) = rest.split_first()?;
        // Any number of FF may stand before a marker.
        if *marker == 0xff {
            rest = after;
            continue;
        }
        let (length, _) = after.split_first_chunk::<2>()?;
        let (segment, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        match *marker {
            // A frame; between them are tables (C4, CC) and a reserved one (C8).
            0xc0..=0xcf if !matches!(*marker, 0xc4 | 0xc8 | 0xcc) => {
                let ([h1, h2, w1, w2], _) = segment.get(3..)?.split_first_chunk::<4>()?;
                return Some((u16::from_be_bytes([*w1, *w2]).into(), u16::from_be_bytes([*h1, *h2]).into()));
            }
            0xc4 | 0xcc | 0xdb | 0xdd | 0xe0..=0xef | 0xfe if segment.len() >= 2 => {}
            _ => return None,
        }
        rest = after.strip_prefix(b"\xff")?;
    }
}

/// One RIFF container; the first chunk has the size (RFC 9649 §2.5 to §2.7).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let (length, _) = bytes.get(4..)?.split_first_chunk::<4>()?;
    if usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_add(8)? != bytes.len() {
        return None;
    }
    let (kind, rest) = bytes.get(12..)?.split_first_chunk::<4>()?;
    let (length, data) = rest.split_first_chunk::<4>()?;
    let data = data.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let number = |from: usize| data.get(from..)?.first_chunk().map(|four| u32::from_le_bytes(*four));
    match kind {
        // A key frame: three bytes, a start code, width and height of 14 bits each.
        b"VP8 " if data.get(3..6)? == b"\x9d\x01\x2a" => Some((number(6)? & 0x3fff, (number(6)? >> 16) & 0x3fff)),
        // Width and height less one, 14 bits each.
        b"VP8L" if data.first()? == &0x2f => Some(((number(1)? & 0x3fff) + 1, ((number(1)? >> 14) & 0x3fff) + 1)),
        // Flags, then width and height less one, 24 bits each.
        b"VP8X" => Some(((number(4)? & 0x00ff_ffff) + 1, (number(6)? >> 8) + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
