use std::fmt::Write as _;

use crate::{StoreError, TenantTx, Value};

/// How many rows one statement carries.
const TOGETHER: usize = 50;

/// A statement over a list of rows, `… VALUES (…), (…), …`, so that many rows cost few round trips. It exists in two sizes,
/// for fifty rows and for one: two texts for the database to know, however many rows there are.
///
/// ```
/// # use store::ManyRows;
/// let rows = ManyRows::new("INSERT INTO tag (tenant_id, owner, name) VALUES ", "$1, $2, ", 1, 1, "");
/// assert_eq!(rows.for_one(), "INSERT INTO tag (tenant_id, owner, name) VALUES ($1, $2, $3)");
/// ```
#[derive(Debug)]
pub struct ManyRows {
    fifty: String,
    one: String,
}

impl ManyRows {
    /// `before` the rows, `after` them; each row begins with `prefix` (such as `$1, `, the tenant), and has `columns`
    /// parameters of its own. They follow the tenant and `shared` further ones.
    #[must_use]
    pub fn new(before: &str, prefix: &str, shared: usize, columns: usize, after: &str) -> Self {
        let text = |rows: usize| {
            let mut text = before.to_owned();
            let mut next = shared + 2;
            for row in 0..rows {
                text.push_str(if row == 0 { "(" } else { ", (" });
                text.push_str(prefix);
                for column in 0..columns {
                    // Writing into a string cannot fail.
                    let _infallible = write!(text, "{}${next}", if column == 0 { "" } else { ", " });
                    next += 1;
                }
                text.push(')');
            }
            text.push_str(after);
            text
        };
        Self { fifty: text(TOGETHER), one: text(1) }
    }

    /// The statement for one row.
    #[must_use]
    pub fn for_one(&self) -> &str {
        &self.one
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
        let mut touched = 0;
        for group in rows.chunks(TOGETHER) {
            if group.len() == TOGETHER {
                let values = shared.iter().chain(group.iter().flatten()).cloned().collect();
                touched += self.execute(&statement.fifty, values).await?;
                continue;
            }
            for row in group {
                let values = shared.iter().chain(row).cloned().collect();
                touched += self.execute(&statement.one, values).await?;
            }
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
        assert_eq!(rows.one, "INSERT INTO t VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        assert!(rows.fifty.starts_with("INSERT INTO t VALUES ($1, $2, $3), ($1, $4, $5), "));
        assert!(rows.fifty.ends_with("($1, $100, $101) ON CONFLICT DO NOTHING"));
    }
}
