//! The answers that the program brings along, in English, Chinese and German.

use backhaul_language::Language;

use super::Template;

/// Its title and its words.
type Said = (&'static str, &'static str);
/// An answer: its id, and what it says in English, in Simplified Chinese and in German.
type BuiltIn = (&'static str, Said, Said, Said);

const ALL: &[BuiltIn] = &[
    (
        "ask_for_evidence",
        (
            "Ask for what is missing",
            "Thank you for your report. To decide case {case} we still need:\n\n{missing}\n\nPlease add it on the page of the case, or send it in reply to this message.",
        ),
        (
            "索取缺少的凭证",
            "感谢您的反馈。为处理案件 {case}，我们还需要：\n\n{missing}\n\n请在案件页面补充，或直接回复本消息并附上。",
        ),
        (
            "Fehlendes anfordern",
            "Vielen Dank für Ihre Meldung. Um über Vorgang {case} zu entscheiden, brauchen wir noch:\n\n{missing}\n\nBitte ergänzen Sie es auf der Seite des Vorgangs, oder senden Sie es als Antwort auf diese Nachricht.",
        ),
    ),
    (
        "authorised",
        (
            "The return is authorised",
            "Your return is authorised under the number {case}:\n\n{units}\n\nPlease put the slip with this number into the parcel, and send it by {send_by}. The freight of the way back is paid by: {freight_payer}.",
        ),
        (
            "退货已授权",
            "您的退货已获授权，编号为 {case}：\n\n{units}\n\n请将带有此编号的退货单放入包裹，并于 {send_by} 前寄出。退回运费承担方：{freight_payer}。",
        ),
        (
            "Die Rückgabe ist freigegeben",
            "Ihre Rückgabe ist unter der Nummer {case} freigegeben:\n\n{units}\n\nBitte legen Sie den Schein mit dieser Nummer in das Paket, und senden Sie es bis {send_by}. Den Rückweg zahlt: {freight_payer}.",
        ),
    ),
    (
        "declined",
        (
            "The claim is declined",
            "We have looked at case {case}, and cannot take the goods back. The reason is in our terms:\n\n{clause}\n\nIf you see it otherwise, please write to us: a person will look at it again.",
        ),
        (
            "申请未通过",
            "我们已审核案件 {case}，无法接受该退货。依据如下条款：\n\n{clause}\n\n如您有不同意见，请回复我们，我们会由专人再次审核。",
        ),
        (
            "Die Rückgabe ist abgelehnt",
            "Wir haben Vorgang {case} geprüft und können die Ware nicht zurücknehmen. Der Grund steht in unseren Bedingungen:\n\n{clause}\n\nSehen Sie das anders, schreiben Sie uns bitte: Ein Mensch sieht es noch einmal an.",
        ),
    ),
    (
        "received",
        (
            "The goods have arrived",
            "The goods of case {case} have arrived and are being inspected. Your refund is due between {refund_from} and {refund_by}.",
        ),
        (
            "商品已收到",
            "案件 {case} 的商品已收到，正在检验。退款将在 {refund_from} 至 {refund_by} 之间完成。",
        ),
        (
            "Die Ware ist da",
            "Die Ware zu Vorgang {case} ist da und wird geprüft. Ihre Erstattung erfolgt zwischen {refund_from} und {refund_by}.",
        ),
    ),
    (
        "where_it_stands",
        (
            "Where the case stands",
            "Your case {case} for order {order} is: {state}. We write to you as soon as there is something new.",
        ),
        (
            "案件进展",
            "您的案件 {case}（订单 {order}）目前状态：{state}。如有进展，我们会立即通知您。",
        ),
        (
            "Wo der Vorgang steht",
            "Ihr Vorgang {case} zur Bestellung {order} ist: {state}. Wir schreiben Ihnen, sobald es etwas Neues gibt.",
        ),
    ),
];

/// Every answer in every language that it has.
pub(super) fn all() -> impl Iterator<Item = Template> {
    ALL.iter().flat_map(|(id, english, chinese, german)| {
        let versions = [("en", english), ("zh-Hans", chinese), ("de", german)];
        versions.into_iter().filter_map(|(tag, (title, words))| {
            Some(Template {
                id: (*id).to_owned(),
                language: Language::of_tag(tag).filter(|language| language.tag() == tag)?,
                title: (*title).to_owned(),
                words: (*words).to_owned(),
                changed: None,
            })
        })
    })
}
