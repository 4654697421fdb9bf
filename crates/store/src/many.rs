use crate::conn::Record;
use crate::tenant::with_tenant;
use crate::{Conn, StoreError, TenantRead, TenantTx, Value};

/// How many rows one statement carries: as many as are left of the first, or else of the next.
const TOGETHER: [usize; 3] = [50, 10, 1];

/// A statement over a list of rows, `… VALUES (…), (…), …`, so that many rows cost few round trips. It exists in three sizes,
/// for fifty rows, for ten and for one: three texts for the database to know, however many rows there are.
///
/// SQLite looks a named parameter up from the first on, which is quadratic where there are hundreds: there the rows' own have no
/// names, and come before what is shared.
///
/// ```
/// # use store::ManyRows;
/// let rows = ManyRows::new("INSERT INTO tag (tenant_id, owner, name) VALUES ", "$1, $2, ", 1, 1, "");
/// assert_eq!(rows.for_one(), "INSERT INTO tag (tenant_id, owner, name) VALUES ($1, $2, $3)");
/// ```
#[derive(Debug)]
pub struct ManyRows {
    numbered: [String; 3],
    unnamed: [String; 3],
}

impl ManyRows {
    /// `before` the rows, `after` them; each row begins with `prefix` (such as `$1, `, the tenant), and has `columns`
    /// parameters of its own. They follow the tenant and `shared` further ones.
    #[must_use]
    pub fn new(before: &str, prefix: &str, shared: usize, columns: usize, after: &str) -> Self {
        let numbered = |rows: usize| {
            let mut next = shared + 1;
            let mut place = || {
                next += 1;
                format!("${next}")
            };
            written([before, prefix, after].map(str::to_owned), (rows, columns), &mut place)
        };
        let unnamed = |rows: usize| {
            let parts = [before, prefix, after].map(|text| renumbered(text, rows * columns));
            written(parts, (rows, columns), &mut || "?".to_owned())
        };
        Self { numbered: TOGETHER.map(numbered), unnamed: TOGETHER.map(unnamed) }
    }

    /// The statement for one row.
    #[must_use]
    pub fn for_one(&self) -> &str {
        let [.., one] = &self.numbered;
        one
    }

    /// All rows in few statements: the text of each, with its parameters in order.
    fn statements(
        &'static self,
        is_sqlite: bool,
        shared: &[Value],
        rows: &[Vec<Value>],
    ) -> Vec<(&'static str, Vec<Value>)> {
        let texts = if is_sqlite { &self.unnamed } else { &self.numbered };
        let (mut statements, mut left) = (Vec::new(), rows);
        for (size, text) in TOGETHER.into_iter().zip(texts) {
            let groups = left.chunks_exact(size);
            left = groups.remainder();
            for group in groups {
                let (own, shared) = (group.iter().flatten(), shared.iter());
                let values =
                    if is_sqlite { own.chain(shared).cloned().collect() } else { shared.chain(own).cloned().collect() };
                statements.push((text.as_str(), values));
            }
        }
        statements
    }
}

/// The whole text; `place` names one parameter of a row after the other.
fn written(
    [before, prefix, after]: [String; 3],
    (rows, columns): (usize, usize),
    place: &mut impl FnMut() -> String,
) -> String {
    let row = |_| format!("({prefix}{})", (0..columns).map(|_| place()).collect::<Vec<_>>().join(", "));
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("{before}{}{after}", rows.join(", "))
}

/// The same text with each `$n` as `$(n + by)`.
fn renumbered(text: &str, by: usize) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let moved = number.parse().map_or_else(|_| number.to_owned(), |number: usize| (number + by).to_string());
        out.extend(["$", &moved, rest]);
    }
    out
}

impl Conn {
    /// Every row of the answers about all of these, asked some at a time. `shared` is what stands before them, `$1` included.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_many<T: Record>(
        &mut self,
        statement: &'static ManyRows,
        shared: &[Value],
        rows: &[Vec<Value>],
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::with_capacity(rows.len());
        for (text, values) in statement.statements(self.is_sqlite(), shared, rows) {
            found.extend(self.all(text, values).await?);
        }
        Ok(found)
    }
}

impl TenantTx<'_> {
    /// Runs the statement for all rows, and says how many rows of the table it touched. The tenant is `$1`, `shared` follows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute_many(
        &mut self,
        statement: &'static ManyRows,
        shared: &[Value],
        rows: &[Vec<Value>],
    ) -> Result<u64, StoreError> {
        let shared = with_tenant(self.tenant(), shared.to_vec());
        let (mut touched, tx) = (0, &mut *self.tx);
        for (text, values) in statement.statements(tx.is_sqlite(), &shared, rows) {
            touched += tx.execute(text, values).await?;
        }
        Ok(touched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_follow_each_other() {
        let rows = ManyRows::new("INSERT INTO t VALUES ", "$1, ", 0, 2, " ON CONFLICT DO NOTHING");
        let [fifty, ten, one] = &rows.numbered;
        assert_eq!(one, "INSERT INTO t VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        assert!(fifty.starts_with("INSERT INTO t VALUES ($1, $2, $3), ($1, $4, $5), "));
        assert!(fifty.ends_with("($1, $100, $101) ON CONFLICT DO NOTHING"));
        assert!(ten.ends_with("($1, $20, $21) ON CONFLICT DO NOTHING"));
    }

    #[test]
    fn where_rows_have_no_names_what_is_shared_comes_last() {
        let rows = ManyRows::new("UPDATE t SET at = $2 FROM (VALUES ", "$1, ", 1, 2, ") AS v WHERE t.tenant_id = $1");
        let [.., ten, one] = &rows.unnamed;
        assert_eq!(one, "UPDATE t SET at = $4 FROM (VALUES ($3, ?, ?)) AS v WHERE t.tenant_id = $3");
        assert!(ten.starts_with("UPDATE t SET at = $22 FROM (VALUES ($21, ?, ?), ($21, ?, ?), "), "{ten}");
        assert_eq!(renumbered("a $ b $1$12, $x", 5), "a $ b $6$17, $x");
    }
}
