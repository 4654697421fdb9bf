//! What the entries of the log name, looked up once for all of a page.

use std::collections::BTreeMap;

use audit::Line;
use store::{StoreError, TenantRead};
use tenant::members::{self, MemberId, MemberKind, MemberRow};
use tenant::service_accounts::Actors;
use uuid::Uuid;

/// What some entries name.
pub(super) struct Known {
    actors: Actors,
    members: BTreeMap<MemberId, MemberRow>,
}

/// Who did it.
pub(super) struct Who {
    /// None: a client that has no service account here.
    pub(super) id: Option<MemberId>,
    pub(super) name: String,
    /// Whether it is another system and no person (PP-28).
    pub(super) is_service: bool,
}

impl Known {
    /// What these entries name, and one more member: few statements, however many entries.
    pub(super) async fn of(
        read: &mut impl TenantRead,
        lines: &[Line],
        also: Option<MemberId>,
    ) -> Result<Self, StoreError> {
        let actors = Actors::of(read, lines).await?;
        let named = lines.iter().flat_map(|line| [actors.member(line), target(line)]).flatten();
        let ids: Vec<MemberId> = named.chain(also).collect();
        Ok(Self { members: members::some(read, ids).await?, actors })
    }

    /// Who did it, if a member or a client did.
    pub(super) fn actor(&self, line: &Line) -> Option<Who> {
        let client = line.actor_id.clone().filter(|_| line.actor_kind == "client");
        let Some(id) = self.actors.member(line) else {
            return client.map(|name| Who { id: None, name, is_service: true });
        };
        let row = self.members.get(&id);
        let is_service = client.is_some() || row.is_some_and(|row| row.kind() == MemberKind::ServiceAccount);
        let named = row.map(|row| row.member.name()).filter(|name| !name.is_empty());
        let name = named.or(client).unwrap_or_else(|| id.to_string());
        Some(Who { id: Some(id), name, is_service })
    }

    /// What a member is called; somebody without a name by their id.
    pub(super) fn name(&self, id: MemberId) -> String {
        let name = self.members.get(&id).map(|row| row.member.name());
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
    }
}

/// The member to whom it was done, if it was one.
pub(super) fn target(line: &Line) -> Option<MemberId> {
    let id = line.target_id.as_deref().filter(|_| line.target_kind.as_deref() == Some("member"))?;
    Uuid::parse_str(id).ok().map(MemberId)
}
