//! What runs down a paper: headings, paragraphs, values with their names, lists.

use std::num::NonZeroU16;

use super::{LEFT, Node, RIGHT, Role, Sheet, Style};
use crate::wrap::wrap;

/// The level of the one title.
const FIRST: NonZeroU16 = NonZeroU16::MIN;
/// The level of a part's head.
const SECOND: NonZeroU16 = FIRST.saturating_add(1);

impl Sheet {
    /// Sets a text in lines below each other, on further pages if need be.
    pub(crate) fn text(&mut self, node: &mut Node, x: i32, width: i32, text: &str, style: Style) {
        for line in wrap(text, style.weight, style.size, width) {
            self.want(style.line());
            self.line(node, x, self.y, line, style);
            self.y += style.line();
        }
    }

    /// The title of the paper.
    pub(crate) fn title(&mut self, words: &str) {
        self.heading(FIRST, words, Style::TITLE);
    }

    /// The head of a part; it does not stand alone at the end of a page.
    pub(crate) fn head(&mut self, words: &str) {
        self.gap(240);
        self.want(Style::HEAD.line() + Style::TEXT.line() * 3);
        self.heading(SECOND, words, Style::HEAD);
        self.y += 60;
    }

    fn heading(&mut self, level: NonZeroU16, words: &str, style: Style) {
        let page = self.pages.len().saturating_sub(1);
        self.headings.push((words.to_owned(), page, self.y));
        let mut node = Node::heading(level, words);
        self.text(&mut node, LEFT, RIGHT - LEFT, words, style);
        self.add(node);
    }

    /// A paragraph across the page.
    pub(crate) fn paragraph(&mut self, words: &str, style: Style) {
        let mut node = Node::new(Role::Paragraph);
        self.text(&mut node, LEFT, RIGHT - LEFT, words, style);
        self.add(node);
        self.y += 80;
    }

    /// A value under its name, at a place of its own; says where it ends.
    pub(crate) fn value(&mut self, x: i32, width: i32, name: &str, value: &str) {
        let lines = wrap(value, Style::STRONG.weight, Style::STRONG.size, width).len();
        let lines = i32::try_from(lines).unwrap_or(i32::MAX);
        self.want(Style::LABEL.line().saturating_add(Style::STRONG.line().saturating_mul(lines)));
        let mut node = Node::new(Role::Paragraph);
        self.text(&mut node, x, width, name, Style::LABEL);
        self.text(&mut node, x, width, value, Style::STRONG);
        self.add(node);
        self.y += 100;
    }

    /// A list of things to do, counted.
    pub(crate) fn steps(&mut self, steps: &[String]) {
        let numbered = (1..).zip(steps).map(|(number, step)| (format!("{number}."), step));
        let numbered: Vec<_> = numbered.collect();
        self.list(Role::Steps, &numbered);
    }

    /// A list of things to tick off.
    pub(crate) fn ticks(&mut self, things: &[String]) {
        let things: Vec<_> = things.iter().map(|thing| ("□".to_owned(), thing)).collect();
        self.list(Role::Ticks, &things);
    }

    fn list(&mut self, role: Role, items: &[(String, &String)]) {
        const INDENT: i32 = 460;
        let mut list = Node::new(role);
        for (mark, words) in items {
            if self.is_too_long {
                return;
            }
            let (mut label, mut body) = (Node::new(Role::Label), Node::new(Role::Body));
            self.want(Style::TEXT.line() * 2);
            let y = self.y;
            let mark = crate::font::shape(mark, Style::STRONG.weight);
            self.line(&mut label, LEFT, y, mark, Style::STRONG);
            self.text(&mut body, LEFT + INDENT, RIGHT - LEFT - INDENT, words, Style::TEXT);
            list.push(Node::of(Role::Item, [label, body]));
            self.y += 80;
        }
        self.add(list);
    }
}
