//! A laid-out paper as the bytes of a PDF: tagged, by PDF/UA-1, with its title and its language.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};

use super::{FOOT, HEIGHT, LEFT, Mark, PaperError, RIGHT, Shape, Sheet, Style, WIDTH, tree};
use crate::font::{Shaped, clean, shape};

/// Points for one unit of length.
const SCALE: f32 = 0.05;

/// What a paper says of itself as a whole.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    /// Who gives it out.
    pub(crate) author: &'a str,
    /// A tag such as `zh-Hans`.
    pub(crate) language: &'a str,
    /// What stands at the foot of each page, on the left.
    pub(crate) foot: &'a str,
}

impl Sheet {
    /// Writes the paper; `page` names a page of so many.
    pub(crate) fn write(
        self,
        about: &About<'_>,
        page: impl Fn(usize, usize) -> String,
    ) -> Result<Vec<u8>, PaperError> {
        if self.is_too_long {
            return Err(PaperError::TooLong);
        }
        let refused = |error: &dyn std::fmt::Debug| PaperError::Unwritable(format!("{error:?}"));
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| refused(&error))?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let mut leaves = vec![None; self.leaves];
        let count = self.pages.len();
        for (number, sheet) in (1..).zip(&self.pages) {
            let size = PageSettings::from_wh(points(WIDTH), points(HEIGHT));
            let size = size.ok_or_else(|| refused(&"the size of a page"))?;
            let mut page_of = document.start_page_with(size);
            let mut surface = page_of.surface();
            surface.push_transform(&Transform::from_scale(SCALE, SCALE));
            for mark in &sheet.marks {
                draw(&mut surface, mark, &mut leaves);
            }
            foot(&mut surface, about.foot, &page(number, count));
            surface.pop();
            surface.finish();
            page_of.finish();
        }
        document.set_metadata(
            Metadata::new()
                .title(clean(about.title))
                .authors(vec![clean(about.author)])
                .creator("Backhaul".to_owned())
                .language(about.language.to_owned()),
        );
        let mut outline = Outline::new();
        for (words, page, y) in self.headings {
            let place = XyzDestination::new(page, Point::from_xy(points(LEFT), points(y)));
            outline.push_child(OutlineNode::new(words, place));
        }
        document.set_outline(outline);
        document.set_tag_tree(tree::tags(self.nodes, &leaves, about.language));
        document.finish().map_err(|error| refused(&error))
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, leaves: &mut [Option<Identifier>]) {
    let is_text = matches!(mark.shape, Shape::Text { .. });
    let tag = match mark.leaf {
        Some(_) if is_text => ContentTag::Span(SpanTag::empty()),
        Some(_) => ContentTag::Other,
        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
    };
    let name = surface.start_tagged(tag);
    match &mark.shape {
        Shape::Text { x, foot, style, shaped } => text(surface, *x, *foot, *style, shaped),
        Shape::Filled { areas, shade } => {
            surface.set_fill(Some(fill(krilla::color::luma::Color::new(*shade))));
            let mut path = PathBuilder::new();
            for area in areas {
                let (right, bottom) = (area.x + area.width, area.y + area.height);
                let (left, top) = (float(area.x), float(area.y));
                if let Some(area) = Rect::from_ltrb(left, top, float(right), float(bottom)) {
                    path.push_rect(area);
                }
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
    surface.end_tagged();
    if let Some(leaf) = mark.leaf.and_then(|leaf| leaves.get_mut(leaf)) {
        *leaf = Some(name);
    }
}

fn text(surface: &mut Surface<'_>, mut x: i32, foot: i32, style: Style, shaped: &Shaped) {
    surface.set_fill(Some(fill(style.color())));
    for run in &shaped.runs {
        let start = Point::from_xy(float(x), float(foot));
        let (face, size) = (run.font.clone(), float(style.size));
        surface.draw_glyphs(start, &run.glyphs, face, &run.text, size, false);
        x += run.width(style.size);
    }
}

/// What stands at the foot of each page, and is not read out on each.
fn foot(surface: &mut Surface<'_>, left: &str, right: &str) {
    let kind = ArtifactType::Footer;
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    let style = Style::LABEL;
    let right = shape(&clean(right), style.weight);
    let begin = RIGHT - right.width(style.size);
    let room = begin - LEFT - 200;
    if let Some(line) = crate::wrap::wrap(left, style.weight, style.size, room).into_iter().next() {
        text(surface, LEFT, FOOT, style, &line);
    }
    text(surface, begin, FOOT, style, &right);
    surface.end_tagged();
}

fn fill(color: krilla::color::luma::Color) -> Fill {
    Fill { paint: color.into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

/// A length as krilla takes it. Everything on a sheet is within the bounds.
pub(crate) fn float(length: i32) -> f32 {
    f32::from(i16::try_from(length).unwrap_or(if length < 0 { i16::MIN } else { i16::MAX }))
}

#[expect(clippy::float_arithmetic, reason = "krilla takes a page's size in points")]
fn points(length: i32) -> f32 {
    float(length) * SCALE
}
