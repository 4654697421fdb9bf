use axum::body::Bytes;
use futures_util::stream;

use super::*;

const CSRF: &str = "--x-1\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ngood\r\n";
const INVITE: &str = "--x-1\r\nContent-Disposition: form-data; name=\"invite\"\r\n\r\nyes\r\n";
const FILE: &str =
    "--x-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n";
const END: &str = "\r\n--x-1--\r\n";

/// A form that comes in pieces of this size.
async fn open(form: &str, piece: usize, most: u64) -> Result<FileStream, StatusCode> {
    let pieces: Vec<_> =
        form.as_bytes().chunks(piece).map(|it| Ok::<_, std::io::Error>(Bytes::copy_from_slice(it))).collect();
    let body = Body::from_stream(stream::iter(pieces));
    let opened = begin(body, b"\r\n--x-1".to_vec(), None, |token| token == "good").await;
    let mut opened = opened.map_err(|failure| failure.status())?;
    opened.at_most(most).unwrap();
    Ok(opened)
}

async fn read(form: &str, piece: usize, most: u64) -> Result<String, StreamError> {
    let mut opened = open(form, piece, most).await.unwrap();
    let mut file = Vec::new();
    while let Some(piece) = opened.next().await? {
        file.extend(piece);
    }
    Ok(String::from_utf8(file).unwrap())
}

#[tokio::test]
async fn a_file_is_what_stands_between_its_delimiters_however_it_is_cut() {
    for content in ["", "a", "\r\n", "--x-1", "\r\n--x-", "email\r\n\r\na@b.example\r\n--x-0--", &"x".repeat(5_000)] {
        let form = format!("{CSRF}{INVITE}{FILE}{content}{END}");
        for piece in [1, 2, 3, 5, 8, 100, form.len()] {
            assert_eq!(read(&form, piece, 10_000).await.unwrap(), content, "pieces of {piece}");
        }
    }
    let opened = open(&format!("{CSRF}{INVITE}{FILE}a{END}"), 7, 100).await.ok().unwrap();
    assert_eq!((opened.field("invite"), opened.field("else"), opened.file_name()), (Some("yes"), None, "a.csv"));
}

#[tokio::test]
async fn the_token_comes_first_and_nothing_odd_is_taken() {
    let bad = CSRF.replace("good", "bad");
    for (form, status) in [
        (format!("{FILE}a{END}"), 403),
        (format!("{INVITE}{CSRF}{FILE}a{END}"), 403),
        (format!("{bad}{FILE}a{END}"), 403),
        (format!("{CSRF}{CSRF}{FILE}a{END}"), 400),
        (format!("{CSRF}--x-1--\r\n"), 400),
        (format!("{CSRF}{}a{END}", FILE.replace("\"file\"", "\"other\"")), 400),
        (String::new(), 400),
        ("x".repeat(40_000), 400),
        (format!("{CSRF}{}", INVITE.replace("yes", &"y".repeat(40_000))), 400),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(open(&form, 1_000, 100).await.err(), Some(status), "{}", &form[..form.len().min(200)]);
    }
}

#[tokio::test]
async fn rel_19_what_is_too_large_or_cut_off_is_told_and_not_held() {
    let form = |length: usize| format!("{CSRF}{FILE}{}{END}", "x".repeat(length));
    assert_eq!(read(&form(1_000), 64, 1_000).await.unwrap().len(), 1_000);
    assert_eq!(read(&form(2_000), 64, 1_000).await, Err(StreamError::TooLarge));
    for cut_off in
        [format!("{CSRF}{FILE}abc"), format!("{CSRF}{FILE}abc\r\n--x-1"), format!("{CSRF}{FILE}abc\r\n--x-1\r\n")]
    {
        assert_eq!(read(&cut_off, 5, 1_000).await, Err(StreamError::Broken), "{cut_off}");
    }
    let mut opened = open(&form(1 << 20), 4_096, u64::MAX).await.ok().unwrap();
    while let Some(piece) = opened.next().await.unwrap() {
        assert!(piece.len() <= 8_192 && opened.held.len() <= 8_192);
    }
    open(&form(1 << 20), 4_096, 10_000).await.ok().unwrap().drain().await;
    let mut announced = open(&form(1), 64, 10).await.ok().unwrap();
    announced.announced = Some(1 << 30);
    assert_eq!(announced.at_most(1 << 20), Err(StreamError::TooLarge));
}
