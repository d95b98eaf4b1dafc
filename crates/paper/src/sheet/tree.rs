//! What the marks of a paper are: the tree that a screen reader goes along.

use std::num::NonZeroU16;

use krilla::tagging::{
    Identifier, ListNumbering, Node as TagNode, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// What a part of a paper is.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    /// A heading of a level, with its words.
    Heading(NonZeroU16, String),
    Paragraph,
    /// A list whose items are counted.
    Steps,
    /// A list whose items have boxes to tick.
    Ticks,
    Item,
    Label,
    Body,
    Table,
    Row,
    HeadCell,
    Cell,
    /// A picture, with what it shows.
    Figure(String),
}

/// A part of a paper, with its parts in the order in which they are read.
pub(crate) struct Node {
    pub(crate) role: Role,
    pub(crate) children: Vec<Child>,
}

/// A part of a part, or a mark.
pub(crate) enum Child {
    Node(Node),
    Leaf(usize),
}

impl Node {
    pub(crate) const fn new(role: Role) -> Self {
        Self { role, children: Vec::new() }
    }

    /// A heading.
    pub(crate) fn heading(level: NonZeroU16, words: &str) -> Self {
        Self::new(Role::Heading(level, words.to_owned()))
    }

    /// A part with those parts.
    pub(crate) fn of(role: Role, parts: impl IntoIterator<Item = Self>) -> Self {
        Self { role, children: parts.into_iter().map(Child::Node).collect() }
    }

    pub(crate) fn push(&mut self, part: Self) {
        self.children.push(Child::Node(part));
    }
}

/// The tree as PDF has it. `leaves` are the marks' names there, by their numbers.
pub(super) fn tags(nodes: Vec<Node>, leaves: &[Option<Identifier>], language: &str) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for node in nodes {
        tree.push(group(node, leaves));
    }
    tree
}

fn group(node: Node, leaves: &[Option<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(kind(node.role));
    for child in node.children {
        match child {
            Child::Node(node) => group.push(TagNode::Group(self::group(node, leaves))),
            Child::Leaf(leaf) => {
                if let Some(Some(name)) = leaves.get(leaf) {
                    group.push(TagNode::Leaf(*name));
                }
            }
        }
    }
    group
}

fn kind(role: Role) -> TagKind {
    match role {
        Role::Heading(level, words) => Tag::Hn(level, Some(words)).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Steps => Tag::L(ListNumbering::Decimal).into(),
        Role::Ticks => Tag::L(ListNumbering::Square).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Body => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::Figure(shows) => Tag::Figure(Some(shows)).into(),
    }
}
