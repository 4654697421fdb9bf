//! The words by which a member is found: beginnings of names and of the parts of an address.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{MemberId, Profile};

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
    let from = word.as_bytes().to_vec();
    let mut to = from.clone();
    to.push(0xff);
    (from, to)
}

/// Writes a member's words, in place of those that stood there.
pub(super) async fn write(tx: &mut TenantTx<'_>, id: MemberId, profile: &Profile) -> Result<(), StoreError> {
    tx.execute("DELETE FROM member_word WHERE tenant_id = $1 AND member_id = $2", params![id]).await?;
    write_all(tx, &[(id, profile)]).await
}

static WORDS: LazyLock<ManyRows> =
    LazyLock::new(|| ManyRows::new("INSERT INTO member_word (tenant_id, member_id, word) VALUES ", "$1, ", 0, 2, ""));

/// Writes the words of members who have none yet.
pub(super) async fn write_all(tx: &mut TenantTx<'_>, members: &[(MemberId, &Profile)]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (id, profile) in members {
        let text = format!("{} {} {}", profile.given_name, profile.family_name, profile.email);
        rows.extend(words_of(&text).into_iter().take(MOST).map(|word| params![id, word.into_bytes()]));
    }
    tx.execute_many(&WORDS, &[], &rows).await?;
    Ok(())
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
                for (id, given_name, family_name, email) in without {
                    let profile = Profile::new(given_name, family_name, email, "", None);
                    write(&mut tx, *id, &profile).await?;
                    let sql = "UPDATE member SET has_words = TRUE WHERE tenant_id = $1 AND id = $2";
                    tx.execute(sql, params![id]).await?;
                }
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
        assert_eq!(words(" \0 -- ' OR 1=1"), ["1", "or"]);
        assert_eq!(words(&"x".repeat(500))[0].len(), LONGEST);
    }

    #[test]
    fn a_range_holds_what_begins_with_the_word_and_nothing_else() {
        let (from, to) = range("mül");
        let inside = |word: &str| word.as_bytes() >= &*from && word.as_bytes() < &*to;
        assert!(inside("mül") && inside("müller") && inside("mül\u{10ffff}"));
        assert!(!inside("mü") && !inside("mum") && !inside("mz") && !inside("mün"));
    }
}
