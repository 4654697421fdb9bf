//! What the entries of the log name, looked up once for all of a page.

use std::collections::BTreeMap;

use audit::Line;
use store::{StoreError, TenantRead};
use tenant::batches::{self, Batch, BatchId};
use tenant::fields::{self, Field};
use tenant::imports::{self, Import, ImportId};
use tenant::members::{self, MemberId, MemberKind, MemberRow};
use tenant::service_accounts::Actors;
use uuid::Uuid;
use webkit::Visit;

use crate::instance::App;

/// What some entries name.
pub(super) struct Known {
    actors: Actors,
    members: BTreeMap<MemberId, MemberRow>,
    fields: Vec<Field>,
    /// Jobs and imports that can still be looked at.
    pub(super) jobs: BTreeMap<BatchId, Batch>,
    pub(super) imports: BTreeMap<ImportId, Import>,
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
        app: &App,
        read: &mut impl TenantRead,
        lines: &[Line],
        also: Option<MemberId>,
    ) -> Result<Self, StoreError> {
        let actors = Actors::of(read, lines).await?;
        let named = lines.iter().flat_map(|line| [actors.member(line), target(line)]).flatten();
        let ids: Vec<MemberId> = named.chain(also).collect();
        let names_fields = lines.iter().any(|line| line.action == "member.fields_changed");
        let blueprint = &app.tenant.blueprint;
        Ok(Self {
            members: members::some(read, ids).await?,
            fields: if names_fields { fields::of_tenant(read, blueprint).await? } else { Vec::new() },
            jobs: batches::some(read, targets(lines, "batch").into_iter().map(BatchId)).await?,
            imports: imports::some(read, targets(lines, "import").into_iter().map(ImportId)).await?,
            actors,
        })
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

    /// What a field is called; one that is not there any more, by its key.
    pub(super) fn field(&self, visit: &Visit, key: &str) -> String {
        let field = self.fields.iter().find(|field| field.key == key);
        field.map_or(key, |field| field.label.text(visit.lang.code())).to_owned()
    }
}

/// The member to whom it was done, if it was one.
pub(super) fn target(line: &Line) -> Option<MemberId> {
    target_of(line, "member").map(MemberId)
}

/// The id of what it was done to, if it is of that kind.
pub(super) fn target_of(line: &Line, kind: &str) -> Option<Uuid> {
    let id = line.target_id.as_deref().filter(|_| line.target_kind.as_deref() == Some(kind))?;
    Uuid::parse_str(id).ok()
}

fn targets(lines: &[Line], kind: &str) -> Vec<Uuid> {
    lines.iter().filter_map(|line| target_of(line, kind)).collect()
}
