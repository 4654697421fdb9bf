/// A piece of a text, as its lines say: `# ` begins a heading, `- ` an entry of a list, an empty line a new paragraph. Nothing
/// else has a meaning; whoever shows it escapes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph, line by line.
    Paragraph(Vec<String>),
    /// A list.
    List(Vec<String>),
}

/// Reads a text.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // Whether the next plain line belongs to the paragraph before it.
    let mut goes_on = false;
    for line in text.lines().map(str::trim_end) {
        let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'));
        let (last, was_going_on) = (blocks.last_mut(), std::mem::replace(&mut goes_on, false));
        match (heading, line.strip_prefix("- "), last) {
            (Some(text), ..) => blocks.push(Block::Heading(text.trim().to_owned())),
            (None, Some(entry), Some(Block::List(entries))) => entries.push(entry.trim().to_owned()),
            (None, Some(entry), _) => blocks.push(Block::List(vec![entry.trim().to_owned()])),
            (None, None, _) if line.is_empty() => {}
            (None, None, Some(Block::Paragraph(lines))) if was_going_on => {
                lines.push(line.to_owned());
                goes_on = true;
            }
            (None, None, _) => {
                blocks.push(Block::Paragraph(vec![line.to_owned()]));
                goes_on = true;
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_19_a_text_is_headings_paragraphs_and_lists_and_nothing_else() {
        let text = "# Terms\nBe kind.\nReally.\n\nSecond.\n- one\n- <b>two</b>\n\n- three\n#no heading\n##  Deep";
        let expected = [
            Block::Heading("Terms".into()),
            Block::Paragraph(vec!["Be kind.".into(), "Really.".into()]),
            Block::Paragraph(vec!["Second.".into()]),
            Block::List(vec!["one".into(), "<b>two</b>".into(), "three".into()]),
            Block::Paragraph(vec!["#no heading".into()]),
            Block::Heading("Deep".into()),
        ];
        assert_eq!(blocks(text), expected);
        assert!(blocks("").is_empty() && blocks("\n\n").is_empty());
    }
}
