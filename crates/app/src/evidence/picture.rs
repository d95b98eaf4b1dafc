//! What a file is, by its content, and a picture made safe to look at: decoded within limits, turned upright, made smaller,
//! and written anew, so that nothing is left of what it was wrapped in.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::EvidenceFault;

/// The most pixels of a picture.
pub const PIXELS_MAX: u64 = 40_000_000;
/// The most memory that decoding may take: that many pixels with four channels, and as much again to work with.
const DECODE_BYTES_MAX: u64 = 320 << 20;
/// The least length of a picture's shorter side: on anything smaller no label can be read.
pub const SIDE_MIN: u32 = 300;
/// The longest side of the copy to look at.
pub const DISPLAY_SIDE_MAX: u32 = 1600;
/// The longest side of the small copy.
pub const THUMBNAIL_SIDE_MAX: u32 = 320;
const DISPLAY_QUALITY: u8 = 85;
const THUMBNAIL_QUALITY: u8 = 75;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Picture(ImageFormat),
    Pdf,
}

impl FileKind {
    /// By the bytes at its beginning; what it is called counts for nothing.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Picture(ImageFormat::Jpeg)),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => {
                Some(Self::Picture(ImageFormat::Png))
            }
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            _ if is_webp => Some(Self::Picture(ImageFormat::WebP)),
            _ => None,
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Picture(format) => format.to_mime_type(),
            Self::Pdf => "application/pdf",
        }
    }
}

/// A picture's copies.
#[derive(Debug)]
pub(super) struct Copies {
    pub(super) width: u32,
    pub(super) height: u32,
    /// JPEG without anything but the picture.
    pub(super) display: Vec<u8>,
    pub(super) thumbnail: Vec<u8>,
}

/// Makes the copies. It takes long: not for threads that answer.
pub(super) fn copies(bytes: &[u8], format: ImageFormat) -> Result<Copies, EvidenceFault> {
    let (width, height) = size(bytes, format)?;
    if width.min(height) < SIDE_MIN {
        return Err(EvidenceFault::TooSmall { width, height });
    }
    let picture = upright(bytes, format)?;
    let display = shrunk(&picture, DISPLAY_SIDE_MAX);
    let (width, height) = (picture.width(), picture.height());
    drop(picture);
    let thumbnail = display.thumbnail(THUMBNAIL_SIDE_MAX, THUMBNAIL_SIDE_MAX);
    Ok(Copies {
        width,
        height,
        display: jpeg(display, DISPLAY_QUALITY)?,
        thumbnail: jpeg(thumbnail, THUMBNAIL_QUALITY)?,
    })
}

/// The picture within limits, turned upright. It takes long: not for threads that answer.
pub(super) fn decoded(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, EvidenceFault> {
    size(bytes, format)?;
    upright(bytes, format)
}

/// A copy whose longer side is at most that.
pub(super) fn shrunk(picture: &DynamicImage, side_max: u32) -> DynamicImage {
    picture.thumbnail(side_max.min(picture.width()), side_max.min(picture.height()))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    limits
}

fn reader(bytes: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    reader
}

/// Width and height as the header says, before a pixel is decoded.
fn size(bytes: &[u8], format: ImageFormat) -> Result<(u32, u32), EvidenceFault> {
    let (width, height) = reader(bytes, format).into_dimensions().map_err(|error| fault(&error))?;
    if u64::from(width).saturating_mul(u64::from(height)) > PIXELS_MAX {
        return Err(EvidenceFault::TooManyPixels);
    }
    Ok((width, height))
}

fn upright(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, EvidenceFault> {
    let mut decoder = reader(bytes, format).into_decoder().map_err(|error| fault(&error))?;
    // A camera that lies about it, or whose notes are broken, has taken an upright picture.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// As JPEG, on white where it was transparent.
fn jpeg(picture: DynamicImage, quality: u8) -> Result<Vec<u8>, EvidenceFault> {
    let flat = if picture.color().has_alpha() {
        let mut white = image::RgbaImage::from_pixel(
            picture.width(),
            picture.height(),
            image::Rgba([255, 255, 255, 255]),
        );
        image::imageops::overlay(&mut white, &picture.into_rgba8(), 0, 0);
        DynamicImage::ImageRgba8(white).into_rgb8()
    } else {
        picture.into_rgb8()
    };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    flat.write_with_encoder(encoder).map_err(|error| fault(&error))?;
    Ok(bytes)
}

fn fault(error: &ImageError) -> EvidenceFault {
    match error {
        ImageError::Limits(_) => EvidenceFault::TooManyPixels,
        ImageError::Unsupported(_) => EvidenceFault::NotAllowed,
        _ => EvidenceFault::Damaged,
    }
}
