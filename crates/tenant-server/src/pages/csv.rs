//! Lines of CSV (RFC 4180) that a spreadsheet takes for text.

use tenant::imports::guarded;

/// One line. A cell that a spreadsheet would calculate begins with an apostrophe, which an import takes away again.
pub(crate) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let text = guarded(text);
    if text.contains(['"', ',', ';', '\t', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_are_text_and_stay_in_their_place() {
        assert_eq!(
            line(["Mina", "a,b", "say \"hi\"", "two\nlines", ""]),
            "Mina,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n"
        );
        assert_eq!(line(["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1"]), "'=1+1,'+49 30,'-1,'@SUM(A1),\"'\t'=1\"\r\n");
        assert_eq!(line(["=HYPERLINK(\"http://evil.example\")"]), "\"'=HYPERLINK(\"\"http://evil.example\"\")\"\r\n");
    }
}
