//! Styles and scripts, embedded in the program and named by their content, so that browsers keep them for good.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use backhaul_store::Hash;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Service;

/// One file, as it is and compressed.
struct Asset {
    path: String,
    kind: &'static str,
    bytes: &'static [u8],
    compressed: Vec<u8>,
}

/// Where the files are, for the pages.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) theme: String,
    pub(crate) htmx: String,
    pub(crate) logo: String,
}

const FILES: [(&str, &str, &[u8]); 5] = [
    ("app.css", "text/css; charset=utf-8", include_bytes!("../../../../front/dist/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../../../../front/dist/app.js")),
    (
        "theme.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../../front/dist/theme.js"),
    ),
    ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("../../../../front/dist/htmx.js")),
    ("logo.svg", "image/svg+xml", include_bytes!("../../../../front/dist/logo.svg")),
];

static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| FILES.iter().map(asset).collect());

static PATHS: LazyLock<Assets> = LazyLock::new(|| {
    let path = |file: &str| {
        let found = FILES.iter().zip(ALL.iter()).find(|((name, ..), _)| *name == file);
        found.map(|(_, asset)| format!("/assets/{}", asset.path)).unwrap_or_default()
    };
    Assets {
        style: path("app.css"),
        script: path("app.js"),
        theme: path("theme.js"),
        htmx: path("htmx.js"),
        logo: path("logo.svg"),
    }
});

impl Assets {
    /// Where the files are.
    pub(crate) fn get() -> &'static Self {
        &PATHS
    }
}

fn asset((name, kind, bytes): &(&'static str, &'static str, &'static [u8])) -> Asset {
    let hash = Hash::of_bytes(bytes).to_string();
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let path = format!("{stem}.{}.{ending}", hash.get(..12).unwrap_or_default());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let compressed = gzip.write_all(bytes).and_then(|()| gzip.finish()).unwrap_or_default();
    Asset { path, kind, bytes, compressed }
}

/// The files by their names, for what is drawn without a server.
pub(crate) fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    ALL.iter().map(|asset| (asset.path.as_str(), asset.bytes))
}

pub(crate) fn router() -> Router<Service> {
    Router::new().route("/assets/{file}", get(serve)).route("/favicon.ico", get(favicon))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ALL.iter().find(|asset| asset.path == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    given(asset, &headers)
}

async fn favicon(headers: HeaderMap) -> Response {
    let logo = ALL.iter().find(|asset| asset.kind == "image/svg+xml");
    logo.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |logo| given(logo, &headers))
}

fn given(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|accepts| accepts.to_str().ok());
    let is_compressed =
        takes.is_some_and(|takes| takes.contains("gzip")) && !asset.compressed.is_empty();
    let bytes = if is_compressed { &asset.compressed } else { asset.bytes };
    let mut answer = bytes.into_response();
    let answer_headers = answer.headers_mut();
    answer_headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    answer_headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer_headers.insert(header::CACHE_CONTROL, kept);
    if is_compressed {
        answer_headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer
}
