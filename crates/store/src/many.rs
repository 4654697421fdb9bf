use std::fmt::Write as _;

use crate::conn::Record;
use crate::{Conn, StoreError, TenantTx, Value};

/// How many rows one statement carries: as many as are left of the first, or else of the next.
const TOGETHER: [usize; 3] = [50, 10, 1];

/// A statement over a list of rows, `… VALUES (…), (…), …`, so that many rows cost few round trips. It exists in three sizes,
/// for fifty rows, for ten and for one: three texts for the database to know, however many rows there are.
///
/// ```
/// # use store::ManyRows;
/// let rows = ManyRows::new("INSERT INTO tag (tenant_id, owner, name) VALUES ", "$1, $2, ", 1, 1, "");
/// assert_eq!(rows.for_one(), "INSERT INTO tag (tenant_id, owner, name) VALUES ($1, $2, $3)");
/// ```
#[derive(Debug)]
pub struct ManyRows([String; 3]);

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
        Self(TOGETHER.map(text))
    }

    /// The statement for one row.
    #[must_use]
    pub fn for_one(&self) -> &str {
        let [.., one] = &self.0;
        one
    }
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
        let (mut found, mut left) = (Vec::with_capacity(rows.len()), rows);
        for (size, text) in TOGETHER.into_iter().zip(&statement.0) {
            let groups = left.chunks_exact(size);
            left = groups.remainder();
            for group in groups {
                let values = shared.iter().chain(group.iter().flatten()).cloned().collect();
                found.extend(self.all(text, values).await?);
            }
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
        let (mut touched, mut left) = (0, rows);
        for (size, text) in TOGETHER.into_iter().zip(&statement.0) {
            let groups = left.chunks_exact(size);
            left = groups.remainder();
            for group in groups {
                let values = shared.iter().chain(group.iter().flatten()).cloned().collect();
                touched += self.execute(text, values).await?;
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
        let [fifty, ten, one] = &rows.0;
        assert_eq!(one, "INSERT INTO t VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        assert!(fifty.starts_with("INSERT INTO t VALUES ($1, $2, $3), ($1, $4, $5), "));
        assert!(fifty.ends_with("($1, $100, $101) ON CONFLICT DO NOTHING"));
        assert!(ten.ends_with("($1, $20, $21) ON CONFLICT DO NOTHING"));
    }
}
