use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ambient::Timestamp;
use audit::{Line, Of, place_at};
use store::{StoreError, TenantRead};
use uuid::Uuid;

use super::client_of;
use crate::members::{MemberId, a_hundred, hundreds_of};

/// Which members acted. A service account stands in the log under its client; of several that had the same one after the other, it is the
/// one of that time.
#[derive(Debug, Default)]
pub struct Actors {
    /// The service accounts of each client, with the moment from which on each is meant, the oldest first.
    of_client: BTreeMap<String, Vec<(Timestamp, MemberId)>>,
}

const OF_CLIENTS: &str = concat!(
    "SELECT client_id, made_at, member_id FROM service_account WHERE tenant_id = $1 AND client_id IN ",
    a_hundred!(),
    " UNION ALL SELECT client_id, made_at, member_id FROM former_service_account WHERE tenant_id = $1 AND client_id IN ",
    a_hundred!()
);

impl Actors {
    /// Those of these entries. Where no client acted, nothing is asked for.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(read: &mut impl TenantRead, lines: &[Line]) -> Result<Self, StoreError> {
        let clients = lines.iter().filter(|line| line.actor_kind == "client");
        let clients: BTreeSet<&str> = clients.filter_map(|line| line.actor_id.as_deref()).collect();
        Self::of_clients(read, clients).await
    }

    async fn of_clients(
        read: &mut impl TenantRead,
        clients: impl IntoIterator<Item = &str>,
    ) -> Result<Self, StoreError> {
        let mut actors = Self::default();
        // No client has an empty id.
        for values in hundreds_of(clients, "") {
            let rows: Vec<(String, Timestamp, MemberId)> = read.all(OF_CLIENTS, values).await?;
            for (client, from, member) in rows {
                actors.of_client.entry(client).or_default().push((from, member));
            }
        }
        actors.of_client.values_mut().for_each(|of_client| of_client.sort());
        Ok(actors)
    }

    /// The member who did it, if one did.
    #[must_use]
    pub fn member(&self, line: &Line) -> Option<MemberId> {
        let id = line.actor_id.as_deref()?;
        match line.actor_kind.as_str() {
            "member" => Uuid::parse_str(id).ok().map(MemberId),
            "client" => {
                let of_client = self.of_client.get(id)?;
                // Of one whose record a server of before has let go, nobody of now is meant.
                let at_that_time = of_client.iter().rev().find(|(from, _)| place_at(*from) <= line.id);
                at_that_time.map(|(_, member)| *member)
            }
            _ => None,
        }
    }
}

/// What a member did, as [`audit::page_of`] has it: a service account under its client, too.
///
/// # Errors
/// As [`audit::page_of`].
pub async fn done_by(
    read: &mut impl TenantRead,
    member: MemberId,
    before: Option<Uuid>,
    limit: u16,
) -> Result<Vec<Line>, StoreError> {
    let mut lines = audit::page_of(read, Of::Actor("member", &member.to_string()), before, limit).await?;
    let Some(client) = client_of(read, member).await? else { return Ok(lines) };
    let actors = Actors::of_clients(read, [client.as_str()]).await?;
    let of_client = actors.of_client.get(&client).map(Vec::as_slice).unwrap_or_default();
    let next = of_client.iter().skip_while(|(_, one)| *one != member).nth(1).map(|(from, _)| place_at(*from));
    let before = [before, next].into_iter().flatten().min();
    let as_client = audit::page_of(read, Of::Actor("client", &client), before, limit).await?;
    // The newest come first: with the first one of another, those of the member end.
    lines.extend(as_client.into_iter().filter(|line| actors.member(line) == Some(member)));
    lines.sort_by_key(|line| Reverse(line.id));
    lines.truncate(usize::from(limit));
    Ok(lines)
}
