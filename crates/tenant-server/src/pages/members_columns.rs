//! Which columns the list of members shows: chosen on the page, kept in its address and in saved views. The name is always there.

use tenant::blueprint::Blueprint;
use tenant::fields::{Field, Values};
use tenant::lifecycle::Axis;
use tenant::members::MemberRow;
use tenant::providers::Catalogue;
use webkit::{Time, Visit};

use super::{StatePill, axis_title, role_labels, state_pill, state_word};

/// A column beside the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Column {
    /// Stands below the name.
    Email,
    /// The one word for all three axes.
    State,
    /// Each axis by itself (PP-26).
    Authorization,
    Locked,
    Lifecycle,
    Roles,
    Provider,
    LastSignIn,
    Created,
    Field(Field),
}

/// Those that are shown, in the order in which every list has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns(Vec<Column>);

/// In an address: nothing but the name is shown.
const NAME: &str = "name";

impl Columns {
    /// Those that there are.
    pub(super) fn all(fields: &[Field]) -> Self {
        use Column::{Authorization, Created, Email, LastSignIn, Lifecycle, Locked, Provider, Roles, State};
        let every = [Email, State, Authorization, Locked, Lifecycle, Roles, Provider, LastSignIn, Created];
        Self(every.into_iter().chain(fields.iter().cloned().map(Column::Field)).collect())
    }

    /// Those that are shown where nobody chose.
    pub(crate) fn usual() -> Self {
        Self(vec![Column::Email, Column::State, Column::Roles, Column::LastSignIn])
    }

    /// Reads what [`Columns::to_text`] wrote, or what the page's form sends. What is no column (any more) is left out.
    pub(crate) fn parse(text: &str, fields: &[Field]) -> Self {
        let mut chosen = Self::all(fields);
        let words: Vec<&str> = text.split_whitespace().collect();
        chosen.0.retain(|column| words.contains(&column.key().as_str()));
        if chosen.0.is_empty() && !words.contains(&NAME) { Self::usual() } else { chosen }
    }

    /// Those of these keys. One that is none is the error.
    pub(crate) fn exactly<'k>(keys: &'k [String], fields: &[Field]) -> Result<Self, &'k str> {
        let mut chosen = Self::all(fields);
        let there: Vec<String> = chosen.iter().map(Column::key).collect();
        if let Some(unknown) = keys.iter().find(|key| !there.contains(*key)) {
            return Err(unknown);
        }
        chosen.0.retain(|column| keys.contains(&column.key()));
        Ok(chosen)
    }

    /// As it stands in an address; nothing: the usual ones.
    pub(crate) fn to_text(&self) -> String {
        match &*self.0 {
            [] => NAME.to_owned(),
            _ if *self == Self::usual() => String::new(),
            chosen => chosen.iter().map(Column::key).collect::<Vec<_>>().join(" "),
        }
    }

    pub(super) fn has(&self, column: &Column) -> bool {
        self.0.contains(column)
    }

    /// Whether a profile field is among them.
    pub(super) fn tell_of_fields(&self) -> bool {
        self.iter().any(|column| matches!(column, Column::Field(_)))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Column> {
        self.0.iter()
    }

    /// Those that stand beside the name, and not below it.
    pub(super) fn beside(&self) -> impl Iterator<Item = &Column> {
        self.iter().filter(|column| **column != Column::Email)
    }
}

impl Column {
    /// Its name in addresses.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Email => "email".to_owned(),
            Self::State => "state".to_owned(),
            Self::Authorization => "authorization".to_owned(),
            Self::Locked => "locked".to_owned(),
            Self::Lifecycle => "lifecycle".to_owned(),
            Self::Roles => "roles".to_owned(),
            Self::Provider => "provider".to_owned(),
            Self::LastSignIn => "last_sign_in".to_owned(),
            Self::Created => "created".to_owned(),
            Self::Field(field) => format!("field.{}", field.key),
        }
    }

    /// Its name for people.
    pub(super) fn label(&self, visit: &Visit, blueprint: &Blueprint) -> String {
        match self {
            Self::Email => visit.t("email"),
            Self::State => visit.t("column-state"),
            Self::Authorization => axis_title(visit, blueprint, Axis::Authorization),
            Self::Locked => axis_title(visit, blueprint, Axis::Locked),
            Self::Lifecycle => axis_title(visit, blueprint, Axis::Lifecycle),
            Self::Roles => visit.t("column-roles"),
            Self::Provider => visit.t("filter-provider"),
            Self::LastSignIn => visit.t("last-sign-in"),
            Self::Created => visit.t("column-created"),
            Self::Field(field) => field.label.text(visit.lang.code()).to_owned(),
        }
    }
}

/// What stands in a column of somebody's row: a state, a time, or a text.
#[derive(Default)]
pub(super) struct Cell {
    pub label: String,
    pub state: Option<StatePill>,
    pub time: Option<Time>,
    pub text: String,
}

/// What the cells of a page are made of.
pub(super) struct Told<'a> {
    pub visit: &'a Visit,
    pub blueprint: &'a Blueprint,
    pub providers: &'a Catalogue,
}

impl Told<'_> {
    /// What stands in that column of a member with these profile fields.
    pub(super) fn cell(&self, column: &Column, row: &MemberRow, values: Option<&Values>) -> Cell {
        let (visit, blueprint, member) = (self.visit, self.blueprint, &row.member);
        let text = |text: String| Cell { text, ..Cell::default() };
        let filled = match column {
            Column::Email => text(member.email.clone()),
            Column::State => Cell { state: Some(state_pill(visit, blueprint, member)), ..Cell::default() },
            Column::Authorization => text(state_word(visit, blueprint, "authorization", member.authorization.word())),
            Column::Locked => text(visit.t(if member.locked { "locked-yes" } else { "locked-no" })),
            Column::Lifecycle => text(state_word(visit, blueprint, "lifecycle", member.lifecycle.word())),
            Column::Roles => text(role_labels(visit, blueprint, &row.roles()).join(", ")),
            Column::Provider => {
                let name = |key: &String| self.providers.name_of(key).to_owned();
                text(member.provider.as_ref().map(name).unwrap_or_default())
            }
            Column::LastSignIn => match member.last_sign_in {
                Some(at) => Cell { time: Some(visit.ago(at)), ..Cell::default() },
                None => text(visit.t("never")),
            },
            Column::Created => Cell { time: Some(visit.ago(member.created_at)), ..Cell::default() },
            Column::Field(field) => text(values.and_then(|values| values.get(&field.key)).cloned().unwrap_or_default()),
        };
        Cell { label: column.label(visit, blueprint), ..filled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_04_a_choice_of_columns_has_one_text_and_it_reads_as_it_was() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let fields: Vec<Field> = blueprint.fields.iter().map(Field::from).collect();
        for (typed, text) in [
            ("", ""),
            ("nonsense field.nonsense", ""),
            ("email state roles last_sign_in", ""),
            ("last_sign_in roles state email name", ""),
            ("name", "name"),
            ("name nonsense", "name"),
            ("field.city created name field.company field.city", "created field.company field.city"),
            ("provider", "provider"),
            ("lifecycle locked authorization name", "authorization locked lifecycle"),
        ] {
            let chosen = Columns::parse(typed, &fields);
            assert_eq!(chosen.to_text(), text, "{typed}");
            assert_eq!(Columns::parse(text, &fields), chosen, "{typed}");
        }
        let all = Columns::all(&fields);
        assert_eq!(Columns::parse(&all.to_text(), &fields), all);
    }
}
