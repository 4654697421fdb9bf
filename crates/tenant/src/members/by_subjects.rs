use std::collections::BTreeMap;

use store::{StoreError, TenantRead, params};

use super::read::columns;
use super::{Member, MemberId};

/// How many subjects one statement asks about.
const AT_ONCE: usize = 50;

/// Who these are, by the subjects that the identity server calls them towards this tenant: id and name of those who are here.
///
/// # Errors
/// What the database says.
pub async fn named_by_subject(
    read: &mut impl TenantRead,
    subjects: &[String],
) -> Result<BTreeMap<String, (MemberId, String)>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in subjects.chunks(AT_ONCE) {
        // A place that is left over asks for nobody: no subject is empty.
        let values = (0..AT_ONCE).flat_map(|at| params![chunk.get(at).cloned().unwrap_or_default()]).collect();
        let members: Vec<Member> = read.all(BY_SUBJECTS, values).await?;
        for member in members {
            let name = member.name();
            found.extend(member.subject.map(|subject| (subject, (member.id, name))));
        }
    }
    Ok(found)
}

const BY_SUBJECTS: &str = columns!(
    "WHERE m.tenant_id = $1 AND m.subject IN
            ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
             $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
             $43, $44, $45, $46, $47, $48, $49, $50, $51)"
);
