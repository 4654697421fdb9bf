use std::collections::BTreeMap;
use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantRead, TenantTx, params};

use super::row::Row;
use super::{Column, Difference, Fate, Fault, Import, ImportId, Standing, Trouble, Why};
use crate::members::{Lifecycle, MemberId, MemberRow, MemberState, columns, full_name, proved_address, roles_columns};

/// How many lines a page shows.
pub const LINES_ON_A_PAGE: i64 = 100;

/// A line, as the import comes to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Staged {
    pub line: i64,
    readable: bool,
    email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
    state: Option<MemberState>,
    locked: Option<bool>,
    roles: Option<String>,
    provider: Option<String>,
    kept_by: Option<String>,
    fields: Option<String>,
    fault: Option<String>,
    fault_column: Option<String>,
    fault_about: Option<String>,
    standing: Option<Standing>,
    difference: Option<String>,
    member_id: Option<MemberId>,
    /// The first line with this address.
    first: Option<i64>,
}

impl Staged {
    /// Whether it stands there as it came to be.
    pub(super) fn stands(&self, outcome: &Outcome) -> bool {
        let fault = fault(self.fault.as_deref(), self.fault_column.as_deref(), self.fault_about.clone());
        (self.standing, self.member_id, fault) == (Some(outcome.standing), outcome.member, outcome.fault.clone())
            && Difference::read(self.difference.as_deref(), self.standing) == outcome.difference
    }

    /// What it says; or what is wrong with it, whoever is here.
    pub(super) fn row(&self) -> Result<Row, Fault> {
        let Some(email) = self.email.clone().filter(|_| self.readable) else {
            return Err(fault(self.fault.as_deref(), self.fault_column.as_deref(), self.fault_about.clone())
                .unwrap_or_else(|| Trouble::EmailMissing.into()));
        };
        if let Some(first) = self.first.filter(|first| *first < self.line) {
            return Err(Fault::in_column(Trouble::Doubled, Column::Email).about(&first.to_string()));
        }
        Ok(Row {
            email,
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            locale: self.locale.clone(),
            state: self.state,
            locked: self.locked.unwrap_or_default(),
            roles: self.roles.as_ref().map(|keys| keys.split_whitespace().map(str::to_owned).collect()),
            provider: self.provider.clone(),
            kept_by: self.kept_by.clone(),
            fields: self.fields.as_ref().map(|text| serde_json::from_str(text).unwrap_or_default()).unwrap_or_default(),
        })
    }

    /// Whether it says anything about profile fields.
    pub(super) const fn tells_of_fields(&self) -> bool {
        self.fields.is_some()
    }
}

fn fault(why: Option<&str>, column: Option<&str>, about: Option<String>) -> Option<Fault> {
    let why = Why::parse(why?)?;
    Some(Fault { why, column: column.and_then(Column::parse), about })
}

/// The next lines, each with the first one of its address.
const NEXT: &str =
    "SELECT l.line, l.readable, l.email, l.given_name, l.family_name, l.locale, l.state, l.locked, l.roles, l.provider,
        l.kept_by, l.fields, l.fault, l.fault_column, l.fault_about, l.standing, l.difference, l.member_id,
        (SELECT e.line FROM import_line e WHERE e.tenant_id = l.tenant_id AND e.import_id = l.import_id
             AND e.told_once = l.told_once AND e.told_once IS NOT NULL ORDER BY e.line LIMIT 1) AS first
    FROM import_line l WHERE l.tenant_id = $1 AND l.import_id = $2 AND l.line > $3 ORDER BY l.line LIMIT $4";
/// Who has the addresses of a stretch of lines. Ordered by member, SQLite would read all of them for each line.
const KNOWN: &str = columns!(
    concat!("l.line, ", proved_address!(), " AS proved, ", roles_columns!()),
    "import_line l CROSS JOIN member m ",
    "WHERE l.tenant_id = $1 AND l.import_id = $2 AND l.line > $3 AND l.line <= $4 AND m.tenant_id = $1
         AND lower(m.email) = lower(l.address) AND m.lifecycle <> 'purged' ORDER BY l.line"
);

/// The statements that are asked once a chunk.
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 2] = [NEXT, KNOWN];

/// The lines that are up next.
pub(super) async fn next(
    read: &mut impl TenantRead,
    import: ImportId,
    after: i64,
    number: i64,
) -> Result<Vec<Staged>, StoreError> {
    read.all(NEXT, params![import, after, number]).await
}

#[derive(sqlx::FromRow)]
struct Known {
    line: i64,
    proved: bool,
    #[sqlx(flatten)]
    row: MemberRow,
}

/// Who has the addresses of a stretch of lines, by line. Who merely states an address that somebody has proved is none of them, and
/// else is known by `stated_by`: nothing is done to them by it.
pub(super) async fn known(
    read: &mut impl TenantRead,
    import: ImportId,
    after: i64,
    to: i64,
) -> Result<BTreeMap<i64, Vec<MemberRow>>, StoreError> {
    let rows: Vec<Known> = read.all(KNOWN, params![import, after, to]).await?;
    let mut known: BTreeMap<i64, Vec<MemberRow>> = BTreeMap::new();
    for Known { line, proved, mut row } in rows {
        if proved {
            row.member.stated_by = None;
        }
        known.entry(line).or_default().push(row);
    }
    for rows in known.values_mut() {
        if rows.iter().any(|row| row.member.stated_by.is_none()) {
            rows.retain(|row| row.member.stated_by.is_none());
        }
        rows.sort_by_key(|row| row.member.id);
    }
    Ok(known)
}

/// The one whom a line of their address is about, if there is one: who is here, or else who was deleted last.
pub(super) fn target(known: &[MemberRow]) -> Option<&MemberRow> {
    known.iter().find(|row| row.member.lifecycle != Lifecycle::Deleted).or_else(|| known.last())
}

/// What became of a line, or as it looks, will.
pub(super) struct Outcome {
    pub line: i64,
    pub standing: Standing,
    pub fault: Option<Fault>,
    pub difference: Difference,
    pub member: Option<MemberId>,
}

static RESULTS: LazyLock<ManyRows> = LazyLock::new(|| {
    ManyRows::new(
        "UPDATE import_line SET standing = v.column2, fault = v.column3, fault_column = v.column4,
             fault_about = v.column5, member_id = v.column6, difference = v.column7
         FROM (VALUES ",
        "",
        3,
        7,
        // As `items_between!` of batches.
        ") AS v WHERE import_line.tenant_id = $1 AND import_line.import_id = $2 AND import_line.line BETWEEN $3 AND $4
             AND import_line.line = v.column1",
    )
});

pub(super) async fn write(tx: &mut TenantTx<'_>, import: ImportId, results: &[Outcome]) -> Result<(), StoreError> {
    let row = |it: &Outcome| {
        let fault = it.fault.as_ref();
        params![
            it.line,
            it.standing,
            fault.map(|fault| fault.why.word()),
            fault.and_then(|fault| fault.column.as_ref()).map(Column::word),
            fault.and_then(|fault| fault.about.clone()),
            it.member,
            it.difference.write(it.standing),
        ]
    };
    let rows: Vec<_> = results.iter().map(row).collect();
    let lines = || results.iter().map(|it| it.line);
    tx.execute_many(&RESULTS, &params![import, lines().min(), lines().max()], &rows).await?;
    Ok(())
}

/// How many lines came to what.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub new: i64,
    pub changed: i64,
    pub reopened: i64,
    pub unchanged: i64,
    pub wrong: i64,
}

impl Tally {
    pub(super) const fn count(&mut self, standing: Standing) {
        match standing {
            Standing::New => self.new += 1,
            Standing::Changed => self.changed += 1,
            Standing::Reopened => self.reopened += 1,
            Standing::Unchanged => self.unchanged += 1,
            Standing::Wrong => self.wrong += 1,
        }
    }
}

/// A line, as a page or a report shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Shown {
    /// Its number in the file.
    pub line: i64,
    /// The address that it names, or what stands in its place.
    pub email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    /// What it came to, or will; none: it was not looked at.
    pub standing: Option<Standing>,
    fault: Option<String>,
    fault_column: Option<String>,
    fault_about: Option<String>,
    difference: Option<String>,
    /// Whom it made or changed.
    pub member_id: Option<MemberId>,
}

impl Shown {
    /// The name that it names.
    #[must_use]
    pub fn name(&self) -> String {
        full_name(self.given_name.as_deref().unwrap_or_default(), self.family_name.as_deref().unwrap_or_default(), "")
    }

    /// What it changes, as it stands there.
    pub(super) fn difference(&self) -> Difference {
        Difference::read(self.difference.as_deref(), self.standing)
    }

    /// What is wrong with it, or to be known of it.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        fault(self.fault.as_deref(), self.fault_column.as_deref(), self.fault_about.clone())
    }
}

/// A page of an import's lines.
#[derive(Debug, Clone, Default)]
pub struct LinePage {
    /// In the order of the file.
    pub lines: Vec<Shown>,
    /// After which line the next page begins, if there is one.
    pub next: Option<i64>,
}

macro_rules! shown {
    ($condition:literal) => {
        concat!(
            "SELECT line, email, given_name, family_name, standing, fault, fault_column, fault_about,
                 difference, member_id FROM import_line WHERE tenant_id = $1 AND import_id = $2 AND line > $3 ",
            $condition,
            " ORDER BY line LIMIT $4"
        )
    };
}

/// The lines of which this is told, or all: at most so many. Once the word was given, a standing finds what was come to alone.
///
/// # Errors
/// What the database says.
pub async fn lines(
    read: &mut impl TenantRead,
    import: &Import,
    only: Option<Fate>,
    (after, most): (i64, i64),
) -> Result<LinePage, StoreError> {
    let mut found: Vec<Shown> = match only {
        Some(Fate::Stands(only)) => {
            let sql = shown!("AND standing = $5 AND line <= $6");
            read.all(sql, params![import.id, after, most + 1, only, import.stands_up_to()]).await?
        }
        Some(Fate::NotReached) if import.ended_at.is_none() => Vec::new(),
        Some(Fate::NotReached) => {
            let after = after.max(import.stands_up_to());
            read.all(shown!(""), params![import.id, after, most + 1]).await?
        }
        None => read.all(shown!(""), params![import.id, after, most + 1]).await?,
    };
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|line| line.line);
    Ok(LinePage { lines: found, next })
}
