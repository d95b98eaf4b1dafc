//! A table that runs over pages, with its head on each of them.

use super::{Area, LEFT, Node, RIGHT, Role, Sheet, Style};
use crate::font::Shaped;
use crate::wrap::wrap;

/// Free space beside and above what stands in a cell.
const PADDING: i32 = 70;

/// A column: its head, and how wide it is in hundredths of the table.
pub(crate) struct Column {
    pub(crate) head: String,
    pub(crate) percent: i32,
}

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    /// Seen on a further page, and read once.
    HeadAgain,
    Body,
}

impl Sheet {
    /// Draws a table; every row has as many cells as there are columns.
    pub(crate) fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let heads: Vec<_> = columns.iter().map(|column| column.head.clone()).collect();
        let mut table = Node::new(Role::Table);
        let head = self.row(columns, &heads, Kind::Head);
        table.push(head);
        for row in rows {
            if self.is_too_long {
                return;
            }
            let cells = cells(columns, row, Style::TEXT);
            if !self.has_room(height(&cells, Style::TEXT)) {
                self.turn();
                self.row(columns, &heads, Kind::HeadAgain);
            }
            let row = self.row(columns, row, Kind::Body);
            table.push(row);
        }
        self.add(table);
        self.y += 60;
    }

    fn row(&mut self, columns: &[Column], words: &[String], kind: Kind) -> Node {
        let (style, role) = match kind {
            Kind::Body => (Style::TEXT, Role::Cell),
            Kind::Head | Kind::HeadAgain => (Style::LABEL, Role::HeadCell),
        };
        let cells = cells(columns, words, style);
        let height = height(&cells, style);
        self.want(height);
        let (top, mut x) = (self.y, LEFT);
        if kind != Kind::Body {
            let (width, shade) = (RIGHT - LEFT, 232);
            self.ornament(vec![Area { x: LEFT, y: top, width, height }], shade);
        }
        let mut row = Node::new(Role::Row);
        let mut lowest = top;
        for (column, lines) in columns.iter().zip(cells) {
            let mut cell = Node::new(role.clone());
            self.y = top + PADDING;
            for line in lines {
                // Only a row that is higher than a page comes to that.
                if !self.has_room(style.line()) && height > super::BOTTOM - super::TOP {
                    self.turn();
                }
                match kind {
                    Kind::HeadAgain => self.line_again(x + PADDING, self.y, line, style),
                    _ => self.line(&mut cell, x + PADDING, self.y, line, style),
                }
                self.y += style.line();
            }
            lowest = lowest.max(self.y + PADDING);
            x += width(column);
            row.push(cell);
        }
        self.y = lowest;
        self.rule(LEFT, self.y, RIGHT - LEFT);
        self.y += 10;
        row
    }
}

fn width(column: &Column) -> i32 {
    (RIGHT - LEFT) * column.percent / 100
}

fn cells(columns: &[Column], words: &[String], style: Style) -> Vec<Vec<Shaped>> {
    let cell = |(column, words): (&Column, &String)| {
        wrap(words, style.weight, style.size, width(column) - 2 * PADDING)
    };
    columns.iter().zip(words).map(cell).collect()
}

fn height(cells: &[Vec<Shaped>], style: Style) -> i32 {
    let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
    style
        .line()
        .saturating_mul(i32::try_from(lines).unwrap_or(i32::MAX))
        .saturating_add(2 * PADDING)
}
