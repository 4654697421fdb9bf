use super::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, b"crc!"].concat()
}

fn a_png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()
}

fn a_jpeg(width: u16, height: u16) -> Vec<u8> {
    let ([h1, h2], [w1, w2]) = (height.to_be_bytes(), width.to_be_bytes());
    let frame = [0xff, 0xc2, 0, 11, 8, h1, h2, w1, w2, 1, 1, 0x11, 0];
    [b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xff\xdb\0\x03\x01".as_slice(), &frame, b"\xff\xda\0\x02scan\xff\xd9"].concat()
}

fn a_webp(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let riff = [b"RIFF", &length(12 + data.len())[..], b"WEBP"].concat();
    [&riff, &kind[..], &length(data.len()), data].concat()
}

fn size(bytes: &[u8]) -> Result<(&'static str, u32, u32), Unfit> {
    inspect(bytes).map(|picture| (picture.media_type, picture.width, picture.height))
}

#[test]
fn each_kind_tells_its_size() {
    assert_eq!(size(&a_png(640, 480)), Ok(("image/png", 640, 480)));
    assert_eq!(size(&a_jpeg(640, 480)), Ok(("image/jpeg", 640, 480)));
    for (kind, data) in [
        (b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 0x80, 0x42, 0xe0, 0x81][..]),
        (b"VP8L", &[0x2f, 0x7f, 0xc2, 0x77, 0x10]),
        (b"VP8X", &[0x10, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]),
    ] {
        assert_eq!(size(&a_webp(kind, data)), Ok(("image/webp", 640, 480)), "{kind:?}");
    }
}

#[test]
fn a_side_is_one_to_two_thousand_pixels() {
    assert_eq!(size(&a_png(2_000, 1)), Ok(("image/png", 2_000, 1)));
    for (width, height, why) in [
        (2_001, 1, Unfit::TooManyPixels),
        (1, u32::MAX, Unfit::TooManyPixels),
        (0, 5, Unfit::Damaged),
        (5, 0, Unfit::Damaged),
    ] {
        assert_eq!(size(&a_png(width, height)), Err(why), "{width} × {height}");
    }
    assert_eq!(size(&a_jpeg(5, 60_000)), Err(Unfit::TooManyPixels));
}

#[test]
fn what_is_cut_off_or_has_an_appendix_is_no_picture() {
    let whole = [a_png(9, 9), a_jpeg(9, 9), a_webp(b"VP8L", &[0x2f, 8, 0, 2, 0])];
    for bytes in whole {
        assert!(size(&bytes).is_ok());
        for end in 0..bytes.len() {
            let why = size(&bytes[..end]).unwrap_err();
            assert!(matches!(why, Unfit::Damaged | Unfit::Unknown), "{why:?} at {end} of {bytes:?}");
        }
        let appended = [&bytes[..], b"<script>alert(1)</script>"].concat();
        assert_eq!(size(&appended), Err(Unfit::Damaged));
    }
}

#[test]
fn nothing_else_is_a_picture() {
    for (bytes, why) in [
        (&b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"[..], Unfit::Svg),
        (b"\xef\xbb\xbf \n<?xml version=\"1.0\"?><svg></svg>", Unfit::Svg),
        (b"<!doctype html><img alt=\"\x89PNG\r\n\x1a\n\">", Unfit::Unknown),
        (b"GIF89a", Unfit::Unknown),
        (b"", Unfit::Unknown),
        (b"\x89PNG\r\n\x1a\n<html>", Unfit::Damaged),
        (b"RIFF\x04\0\0\0WEBP", Unfit::Damaged),
    ] {
        assert_eq!(size(bytes), Err(why), "{bytes:?}");
    }
    assert_eq!(size(&vec![b'x'; MOST_BYTES + 1]), Err(Unfit::TooLarge));
}
