//! A mail as the bytes that are sent: both bodies as alternatives, the files behind them, in plain ASCII on the wire.

use backhaul_app::letters::{OutgoingMail, SendFault};
use lettre::address::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

/// The most bytes of a mail; many servers take no more.
pub const MAIL_BYTES_MAX: usize = 20 * 1024 * 1024;

/// Writes a mail that comes from that address.
///
/// # Errors
/// [`SendFault::Malformed`] and [`SendFault::TooLarge`].
pub(super) fn write(mail: &OutgoingMail, from: &Address) -> Result<Message, SendFault> {
    let size: usize = mail.message.attachments.iter().map(|file| file.bytes.len()).sum();
    if size.saturating_add(mail.message.text.len()) > MAIL_BYTES_MAX / 2 {
        return Err(SendFault::TooLarge);
    }
    let to: Address = mail.to.as_str().parse().map_err(|_| SendFault::Malformed)?;
    let mailbox = |name: &str, address: &Address| Mailbox::new(named(name), address.clone());
    let id = |local: &str| format!("<{local}@{}>", from.domain());
    let mut builder = Message::builder()
        .from(mailbox(&mail.from_name, from))
        .to(Mailbox::new(None, to))
        .subject(mail.message.subject.clone())
        .date(mail.written_at.into())
        .message_id(Some(id(&mail.id)))
        // By RFC 3834: answering machines leave it alone.
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Content-Language", mail.language));
    if let Some(thread) = &mail.thread {
        builder = builder.references(id(thread)).in_reply_to(id(thread));
    }
    if let Some(reply_to) = &mail.reply_to {
        let address: Address = reply_to.parse().map_err(|_| SendFault::Malformed)?;
        builder = builder.reply_to(mailbox(&mail.from_name, &address));
    }
    let bodies = MultiPart::alternative()
        .singlepart(SinglePart::plain(mail.message.text.clone()))
        .singlepart(SinglePart::html(mail.message.html.clone()));
    let written = if mail.message.attachments.is_empty() {
        builder.multipart(bodies)
    } else {
        let mut parts = MultiPart::mixed().multipart(bodies);
        for file in &mail.message.attachments {
            let kind = ContentType::parse(&file.media_type).map_err(|_| SendFault::Malformed)?;
            let file = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
            parts = parts.singlepart(file);
        }
        builder.multipart(parts)
    };
    written.map_err(|_| SendFault::Malformed)
}

/// A name as it stands before an address: one line, or none.
fn named(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|sign| !sign.is_control()).take(100).collect();
    Some(name).filter(|name| !name.trim().is_empty())
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use backhaul_app::Email;
    use backhaul_app::letters::{Attachment, Message, OutgoingMail, SendFault};

    use super::{MAIL_BYTES_MAX, write};

    fn mail() -> OutgoingMail {
        OutgoingMail {
            id: "letter.1".to_owned(),
            thread: Some("case.1".to_owned()),
            to: Email::new("buyer@mail.example").unwrap(),
            from_name: "Example Optics 示例".to_owned(),
            reply_to: Some("service@shop.example".to_owned()),
            written_at: "2026-03-06T09:00:00Z".parse().unwrap(),
            language: "zh-Hans",
            message: Message {
                subject: "[RMA-1] 您的退货".to_owned(),
                text: "您好\n".to_owned(),
                html: "<p>您好</p>".to_owned(),
                attachments: vec![Attachment {
                    name: "slip.pdf".to_owned(),
                    media_type: "application/pdf".to_owned(),
                    bytes: vec![0, 255, 10],
                }],
            },
        }
    }

    fn written(mail: &OutgoingMail) -> String {
        let from = "returns@shop.example".parse().unwrap();
        String::from_utf8(write(mail, &from).unwrap().formatted()).unwrap()
    }

    #[test]
    fn every_header_that_others_rely_on_is_there_and_all_is_ascii() {
        let text = written(&mail());
        assert!(text.is_ascii());
        for line in [
            "To: buyer@mail.example",
            "Message-ID: <letter.1@shop.example>",
            "References: <case.1@shop.example>",
            "Auto-Submitted: auto-generated",
            "Content-Language: zh-Hans",
            "Date: Fri, 06 Mar 2026 09:00:00 +0000",
            "Content-Disposition: attachment; filename=\"slip.pdf\"",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is not in {text}");
        }
        assert!(text.contains("<service@shop.example>") && text.contains("<returns@shop.example>"));
    }

    #[test]
    fn a_mail_is_the_same_at_every_try_but_for_its_boundaries() {
        let head = |text: String| text.split("\r\n\r\n").next().map(str::to_owned).unwrap();
        let plain = |text: String| {
            let lines = text.lines().filter(|line| !line.contains("boundary"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(plain(head(written(&mail()))), plain(head(written(&mail()))));
    }

    #[test]
    fn no_header_can_be_put_in_through_a_name_or_a_subject() {
        let mut mail = mail();
        "Shop\r\nBcc: thief@mail.example".clone_into(&mut mail.from_name);
        "Hello\r\nBcc: thief@mail.example\r\n\r\nbody".clone_into(&mut mail.message.subject);
        let text = written(&mail);
        assert!(!text.to_lowercase().lines().any(|line| line.starts_with("bcc:")), "{text}");
        mail.reply_to = Some("a@b.example\r\nBcc: thief@mail.example".to_owned());
        let from = "returns@shop.example".parse().unwrap();
        assert_eq!(write(&mail, &from).unwrap_err(), SendFault::Malformed);
    }

    #[test]
    fn a_mail_that_is_too_large_is_refused_before_anything_is_sent() {
        let mut mail = mail();
        mail.message.attachments[0].bytes = vec![0; MAIL_BYTES_MAX];
        let from = "returns@shop.example".parse().unwrap();
        assert_eq!(write(&mail, &from).unwrap_err(), SendFault::TooLarge);
    }
}
