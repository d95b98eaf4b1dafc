//! What a Markdown file sets as code, and what it links to.

/// A piece of a Markdown file, with its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
}

/// Every code span within a line, and every line of a fenced block.
pub(super) fn code(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut fenced = false;
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            pieces.push(Piece { line, text: text.trim() });
        } else {
            // Between the first and the second backtick, the third and the fourth, …
            let spans = text.split('`').skip(1).step_by(2);
            pieces.extend(spans.map(|text| Piece { line, text: text.trim() }));
        }
    }
    pieces
}

/// The target of every inline link that is not in code.
pub(super) fn links(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut fenced = false;
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for prose in text.split('`').step_by(2) {
            let after = prose.split("](").skip(1);
            let targets = after.filter_map(|rest| rest.split_once(')'));
            pieces.extend(targets.map(|(target, _)| Piece { line, text: target }));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece, code, links};

    #[test]
    fn spans_and_fenced_lines_are_code() {
        let text = "Run `a b` or `c`.\n```sh\nd e\n```\nand `f`";
        let found: Vec<_> = code(text).into_iter().map(|piece| (piece.line, piece.text)).collect();
        assert_eq!(found, [(1, "a b"), (1, "c"), (3, "d e"), (5, "f")]);
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "[a](b.md), [c](d#e), `[x](y)`\n```\n[x](y)\n```";
        let found = links(text);
        let expected = [Piece { line: 1, text: "b.md" }, Piece { line: 1, text: "d#e" }];
        assert_eq!(found, expected);
    }
}
