//! A paper as it is laid out: marks on pages, and the tree that says what they are.
//!
//! Lengths are twentieths of a point, as whole numbers, counted from the upper left corner: the same input gives the same bytes on
//! every machine. What is drawn keeps clear of the edges that US Letter cuts off A4, so that both can be printed at full size.

mod flow;
mod render;
mod table;
mod tree;

use krilla::color::luma;

use crate::font::{Shaped, Weight};

pub(crate) use self::render::{About, float};
pub(crate) use self::table::Column;
pub(crate) use self::tree::{Child, Node, Role};

/// A4.
pub(crate) const WIDTH: i32 = 11_906;
/// A4.
pub(crate) const HEIGHT: i32 = 16_838;
/// What stays free on the left.
pub(crate) const LEFT: i32 = 1_020;
/// Where lines end at the latest.
pub(crate) const RIGHT: i32 = WIDTH - LEFT;
/// Where pages begin.
const TOP: i32 = 1_080;
/// Where pages end; the foot is below.
const BOTTOM: i32 = HEIGHT - 1_450;
/// The line of the foot.
const FOOT: i32 = HEIGHT - 1_060;
/// The most pages of a paper.
pub(crate) const PAGES_MAX: usize = 200;

/// Why a paper cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// It would be too long.
    #[error("the paper would have more than {PAGES_MAX} pages")]
    TooLong,
    /// What writes PDF refuses it.
    #[error("the paper cannot be written: {0}")]
    Unwritable(String),
}

/// How text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// The size of letters.
    pub(crate) size: i32,
    pub(crate) weight: Weight,
    /// How dark: 0 is black.
    pub(crate) shade: u8,
}

impl Style {
    /// The text of a paper.
    pub(crate) const TEXT: Self = Self { size: 200, weight: Weight::Regular, shade: 0 };
    /// What must be seen.
    pub(crate) const STRONG: Self = Self { size: 200, weight: Weight::Bold, shade: 0 };
    /// What names a value.
    pub(crate) const LABEL: Self = Self { size: 170, weight: Weight::Regular, shade: 70 };
    /// The one title.
    pub(crate) const TITLE: Self = Self { size: 400, weight: Weight::Bold, shade: 0 };
    /// The head of a part.
    pub(crate) const HEAD: Self = Self { size: 250, weight: Weight::Bold, shade: 0 };

    /// How far lines are apart.
    pub(crate) const fn line(self) -> i32 {
        self.size * 7 / 5
    }

    /// From the top of a line to the foot of its letters.
    const fn rise(self) -> i32 {
        self.size * 11 / 10
    }

    fn color(self) -> luma::Color {
        luma::Color::new(self.shade)
    }
}

/// A rectangle.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// What a mark is.
enum Shape {
    Text {
        x: i32,
        foot: i32,
        style: Style,
        shaped: Shaped,
    },
    /// Filled rectangles, such as the bars of a code.
    Filled {
        areas: Vec<Area>,
        shade: u8,
    },
}

/// One thing that is drawn; it is a leaf of the tree, or nothing that is read.
struct Mark {
    leaf: Option<usize>,
    shape: Shape,
}

/// One page.
#[derive(Default)]
struct Page {
    marks: Vec<Mark>,
}

/// A paper that is being laid out.
pub(crate) struct Sheet {
    pages: Vec<Page>,
    leaves: usize,
    nodes: Vec<Node>,
    /// The headings, each with its page and its height there.
    headings: Vec<(String, usize, i32)>,
    /// How far the page is filled.
    pub(crate) y: i32,
    is_too_long: bool,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        Self {
            pages: vec![Page::default()],
            leaves: 0,
            nodes: Vec::new(),
            headings: Vec::new(),
            y: TOP,
            is_too_long: false,
        }
    }

    /// Begins a page.
    pub(crate) fn turn(&mut self) {
        self.y = TOP;
        if self.pages.len() < PAGES_MAX {
            self.pages.push(Page::default());
        } else {
            // What comes now is lost, and the paper with it.
            self.is_too_long = true;
        }
    }

    /// Whether so much fits on the page.
    pub(crate) fn has_room(&self, height: i32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Begins a page, unless so much fits on this one, or on none.
    pub(crate) fn want(&mut self, height: i32) {
        if !self.has_room(height) && self.y > TOP && height <= BOTTOM - TOP {
            self.turn();
        }
    }

    /// Leaves a gap, unless at the top of a page.
    pub(crate) fn gap(&mut self, height: i32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Hangs a part into the tree, behind those before it.
    pub(crate) fn add(&mut self, node: Node) {
        self.nodes.push(node);
    }

    fn mark(&mut self, leaf: Option<usize>, shape: Shape) {
        if let (Some(page), false) = (self.pages.last_mut(), self.is_too_long) {
            page.marks.push(Mark { leaf, shape });
        }
    }

    // INVARIANT: each leaf is in the tree once; krilla panics otherwise. Whoever begins a node adds it.
    /// A new leaf of that node.
    fn leaf(&mut self, node: &mut Node) -> usize {
        let leaf = self.leaves;
        self.leaves += 1;
        node.children.push(Child::Leaf(leaf));
        leaf
    }

    /// Draws one line, whose top is at `y`.
    pub(crate) fn line(&mut self, node: &mut Node, x: i32, y: i32, shaped: Shaped, style: Style) {
        if shaped.runs.is_empty() {
            return;
        }
        let leaf = self.leaf(node);
        self.mark(Some(leaf), Shape::Text { x, foot: y + style.rise(), style, shaped });
    }

    /// Draws one line that was read before, such as the head of a table on its second page.
    fn line_again(&mut self, x: i32, y: i32, shaped: Shaped, style: Style) {
        self.mark(None, Shape::Text { x, foot: y + style.rise(), style, shaped });
    }

    /// Draws rectangles that stand for something, such as the bars of a code.
    pub(crate) fn picture(&mut self, node: &mut Node, areas: Vec<Area>) {
        let leaf = self.leaf(node);
        self.mark(Some(leaf), Shape::Filled { areas, shade: 0 });
    }

    /// Draws what is only to be seen, such as a rule.
    pub(crate) fn ornament(&mut self, areas: Vec<Area>, shade: u8) {
        self.mark(None, Shape::Filled { areas, shade });
    }

    /// A thin line across.
    pub(crate) fn rule(&mut self, x: i32, y: i32, width: i32) {
        self.ornament(vec![Area { x, y, width, height: 10 }], 160);
    }

    /// A frame.
    pub(crate) fn frame(&mut self, Area { x, y, width, height }: Area) {
        const THICK: i32 = 20;
        let across = |y| Area { x, y, width, height: THICK };
        let down = |x| Area { x, y, width: THICK, height };
        let sides = vec![across(y), across(y + height - THICK), down(x), down(x + width - THICK)];
        self.ornament(sides, 0);
    }
}
