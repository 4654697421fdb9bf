//! The words by which a member is found: beginnings of names and of the parts of an address.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{Member, MemberId, Profile};

/// How many words of one member are kept.
const MOST: usize = 24;
/// How much of a word is kept, in bytes of UTF-8.
const LONGEST: usize = 60;
/// How many members one transaction gives words to.
const BATCH: i64 = 200;

/// The words of a text, as they are stored and looked for: lower case, without accents, each once.
#[must_use]
pub fn words_of(text: &str) -> BTreeSet<String> {
    let plain: String = text.to_lowercase().chars().flat_map(fold).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().scan(0, shorten).collect()).collect()
}

/// A word with a digit is kept apart, behind this byte, with the letters that it begins with beside it as a word of their own.
/// Otherwise a name would be as many words as there are numbers behind it in addresses, and a page of its beginnings could not be
/// merged of them.
const WITH_DIGITS: u8 = 1;

fn has_digits(word: &str) -> bool {
    word.contains(char::is_numeric)
}

/// A word as it is looked for: what is stored and begins with it.
fn key(word: &str) -> Vec<u8> {
    let mark = has_digits(word).then_some(WITH_DIGITS);
    mark.into_iter().chain(word.bytes()).collect()
}

/// The words of a member as they are stored.
fn stored(text: &str) -> BTreeSet<Vec<u8>> {
    let with_letters = |word: String| {
        let letters = word.split(char::is_numeric).next().unwrap_or_default().to_owned();
        [key(&word), letters.into_bytes()].into_iter().filter(|word| !word.is_empty())
    };
    words_of(text).into_iter().take(MOST).flat_map(with_letters).collect()
}

fn shorten(length: &mut usize, c: char) -> Option<char> {
    *length += c.len_utf8();
    (*length <= LONGEST).then_some(c)
}

/// Whoever types `lucia` on a foreign keyboard finds Lucía.
fn fold(c: char) -> Vec<char> {
    let plain = match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        // Accents that stand for themselves.
        '\u{300}'..='\u{36f}' => "",
        other => return vec![other],
    };
    plain.chars().collect()
}

/// The half-open range of stored words that begin with this one. No UTF-8 has the byte FF.
pub(super) fn range(word: &str) -> (Vec<u8>, Vec<u8>) {
    let from = key(word);
    let mut to = from.clone();
    to.push(0xff);
    (from, to)
}

/// Writes a member's words, in place of those that stood there.
pub(super) async fn write(tx: &mut TenantTx<'_>, id: MemberId, profile: &Profile) -> Result<(), StoreError> {
    rewrite(tx, &[(id, profile)]).await
}

/// Writes the words of many, in place of those that stood there.
async fn rewrite(tx: &mut TenantTx<'_>, members: &[(MemberId, &Profile)]) -> Result<(), StoreError> {
    let ids: Vec<_> = members.iter().map(|(id, _)| params![id]).collect();
    tx.execute_many(&FORGOTTEN, &[], &ids).await?;
    write_all(tx, members).await
}

static FORGOTTEN: LazyLock<ManyRows> = LazyLock::new(|| {
    ManyRows::new("DELETE FROM member_word WHERE tenant_id = $1 AND member_id IN (VALUES ", "", 0, 1, ")")
});
static WORDED: LazyLock<ManyRows> = LazyLock::new(|| {
    ManyRows::new("UPDATE member SET has_words = TRUE WHERE tenant_id = $1 AND id IN (VALUES ", "", 0, 1, ")")
});
static WORDS: LazyLock<ManyRows> = LazyLock::new(|| {
    ManyRows::new("INSERT INTO member_word (tenant_id, member_id, sort_name, word) VALUES ", "$1, ", 0, 3, "")
});

/// Writes the words of members who have none yet.
pub(super) async fn write_all(tx: &mut TenantTx<'_>, members: &[(MemberId, &Profile)]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (id, profile) in members {
        let text = text_of(&profile.given_name, &profile.family_name, &profile.email);
        let sort_name = profile.sort_name();
        rows.extend(stored(&text).into_iter().map(|word| params![id, sort_name, word]));
    }
    tx.execute_many(&WORDS, &[], &rows).await?;
    Ok(())
}

fn text_of(given_name: &str, family_name: &str, email: &str) -> String {
    format!("{given_name} {family_name} {email}")
}

/// Whether somebody has for each of these a word that begins with it.
pub(super) fn has_all(member: &Member, typed: &BTreeSet<String>) -> bool {
    let theirs = stored(&text_of(&member.given_name, &member.family_name, &member.email));
    typed.iter().map(|word| key(word)).all(|begun| theirs.iter().any(|word| word.starts_with(&begun)))
}

/// Gives words to members who were written down before there were any; true while there may be more.
///
/// # Errors
/// What the database says.
pub async fn add_missing_words(store: &TenantStore) -> Result<bool, StoreError> {
    let sql = "SELECT id, given_name, family_name, email FROM member WHERE tenant_id = $1 AND NOT has_words
               ORDER BY id LIMIT $2";
    let without: Vec<(MemberId, String, String, String)> = store.read().await?.all(sql, params![BATCH]).await?;
    if without.is_empty() {
        return Ok(false);
    }
    store
        .write(without, |mut tx, without| {
            Box::pin(async move {
                let profile = |(_, given_name, family_name, email): &(MemberId, String, String, String)| {
                    Profile::new(given_name, family_name, email, "", None)
                };
                let profiles: Vec<Profile> = without.iter().map(profile).collect();
                let members: Vec<_> = without.iter().map(|(id, ..)| *id).zip(&profiles).collect();
                rewrite(&mut tx, &members).await?;
                let ids: Vec<_> = without.iter().map(|(id, ..)| params![id]).collect();
                tx.execute_many(&WORDED, &[], &ids).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        words_of(text).into_iter().collect()
    }

    #[test]
    fn names_and_addresses_fall_into_words() {
        assert_eq!(words("Mina Hollis mina.hollis+x@Hollis.Studio"), ["hollis", "mina", "studio", "x"]);
        assert_eq!(words("Lucía Strauß-Øre"), ["lucia", "ore", "strauss"]);
        assert_eq!(words("e\u{301}mile"), ["emile"]);
        assert_eq!(words("山田 太郎"), ["太郎", "山田"]);
        assert_eq!(words("hollis17@3m.example"), ["3m", "example", "hollis17"]);
        assert_eq!(words(" \0 -- ' OR 1=1"), ["1", "or"]);
        assert_eq!(words(&"x".repeat(500))[0].len(), LONGEST);
    }

    #[test]
    fn what_has_digits_is_kept_apart_and_found_by_its_letters_too() {
        let words: Vec<Vec<u8>> = stored("Hollis hollis17@3m.example").into_iter().collect();
        assert_eq!(words, [&b"\x013m"[..], b"\x01hollis17", b"example", b"hollis"]);
        let found = |typed: &str| {
            let (from, to) = range(typed);
            words.iter().filter(|word| **word >= from && **word < to).count()
        };
        for (typed, expected) in [("hol", 1), ("hollis1", 1), ("hollis18", 0), ("3", 1), ("m", 0), ("exam", 1)] {
            assert_eq!(found(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_range_holds_what_begins_with_the_word_and_nothing_else() {
        let (from, to) = range("mül");
        let inside = |word: &str| word.as_bytes() >= &*from && word.as_bytes() < &*to;
        assert!(inside("mül") && inside("müller") && inside("mül\u{10ffff}"));
        assert!(!inside("mü") && !inside("mum") && !inside("mz") && !inside("mün"));
    }
}
