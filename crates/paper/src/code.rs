//! The case number in codes that scanners read: bars of Code 128, and a QR code.

use barcoders::sym::code128::Code128;
use qrcode::{Color, EcLevel, QrCode};

/// Blank modules that a reader needs left and right of the bars.
pub(crate) const BARS_QUIET: i32 = 10;
/// Blank modules that a reader needs around a QR code.
pub(crate) const QR_QUIET: i32 = 4;

/// Bars and gaps as widths in modules, beginning with a bar; nothing where the text has signs that Code 128 has not.
pub(crate) fn bars(text: &str) -> Option<Vec<i32>> {
    if text.is_empty() || !text.chars().all(|sign| matches!(sign, ' '..='~')) {
        return None;
    }
    // The sign in front of it chooses code set B, which has every printable sign of ASCII.
    let modules = Code128::new(format!("\u{181}{text}")).ok()?.encode();
    let runs = modules.chunk_by(|one, next| one == next);
    Some(runs.map(|run| i32::try_from(run.len()).unwrap_or(0)).collect())
}

/// A QR code as rows of modules, dark ones true; nothing where the text is too long for one.
pub(crate) fn qr(text: &str) -> Option<Vec<Vec<bool>>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let modules: Vec<_> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    Some(modules.chunks(width.max(1)).map(<[bool]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::{bars, qr};

    #[test]
    fn bars_are_whole_signs_of_eleven_modules_and_a_stop_of_thirteen() {
        let widths = bars("RMA-1").unwrap();
        // Start, five signs, a check and a stop.
        assert_eq!(widths.iter().sum::<i32>(), 7 * 11 + 13);
        assert_eq!(widths.len() % 2, 1, "it begins and ends with a bar");
    }

    #[test]
    fn what_code_128_has_not_gets_no_bars() {
        assert_eq!(bars("退货-1"), None);
        assert_eq!(bars(""), None);
        assert!(qr("退货-1").is_some());
        assert_eq!(qr(&"x".repeat(5_000)), None);
    }
}
