//! A file for the bank as ISO 20022 `pain.001.001.09`, by the rules of a SEPA credit transfer (EPC132-08): one debtor, one day, euros,
//! shared charges, IBANs alone.

use std::io;

use backhaul_core::money::{Currency, Money};
use backhaul_store::bank_batch::TransferRow;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::account::HOLDER_CHARS_MAX;
use super::export::BatchView;
use super::latin;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

type Xml = Writer<Vec<u8>>;

/// The message.
pub(super) fn write(view: &BatchView) -> Result<Vec<u8>, String> {
    let amounts = view.transfers.iter().map(|(_, row)| row.amount);
    let euros = Currency::parse("EUR").map_err(|error| error.to_string())?;
    let sum = Money::sum(euros, amounts).map_err(|error| error.to_string())?;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = xml
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| document(&mut xml, view, &sum.amount()));
    written.map_err(|error| error.to_string())?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn document(xml: &mut Xml, view: &BatchView, sum: &str) -> io::Result<()> {
    let root = xml.create_element("Document").with_attribute(("xmlns", NAMESPACE));
    root.write_inner_content(|xml| {
        within(xml, "CstmrCdtTrfInitn", |xml| {
            header(xml, view, sum)?;
            payment(xml, view, sum)
        })
    })?;
    Ok(())
}

fn header(xml: &mut Xml, view: &BatchView, sum: &str) -> io::Result<()> {
    let batch = &view.batch;
    within(xml, "GrpHdr", |xml| {
        text(xml, "MsgId", &batch.id)?;
        text(xml, "CreDtTm", &batch.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())?;
        text(xml, "NbOfTxs", &view.transfers.len().to_string())?;
        text(xml, "CtrlSum", sum)?;
        within(xml, "InitgPty", |xml| name(xml, &batch.debtor_name))
    })
}

fn payment(xml: &mut Xml, view: &BatchView, sum: &str) -> io::Result<()> {
    let batch = &view.batch;
    within(xml, "PmtInf", |xml| {
        text(xml, "PmtInfId", &batch.id)?;
        text(xml, "PmtMtd", "TRF")?;
        text(xml, "NbOfTxs", &view.transfers.len().to_string())?;
        text(xml, "CtrlSum", sum)?;
        within(xml, "PmtTpInf", |xml| within(xml, "SvcLvl", |xml| text(xml, "Cd", "SEPA")))?;
        within(xml, "ReqdExctnDt", |xml| text(xml, "Dt", &batch.execute_on))?;
        within(xml, "Dbtr", |xml| name(xml, &batch.debtor_name))?;
        account(xml, "DbtrAcct", &batch.debtor_iban)?;
        within(xml, "DbtrAgt", |xml| {
            within(xml, "FinInstnId", |xml| {
                if batch.debtor_bic.is_empty() {
                    within(xml, "Othr", |xml| text(xml, "Id", "NOTPROVIDED"))
                } else {
                    text(xml, "BICFI", &batch.debtor_bic)
                }
            })
        })?;
        text(xml, "ChrgBr", "SLEV")?;
        view.transfers.iter().try_for_each(|(_, row)| transfer(xml, row))
    })
}

fn transfer(xml: &mut Xml, row: &TransferRow) -> io::Result<()> {
    within(xml, "CdtTrfTxInf", |xml| {
        within(xml, "PmtId", |xml| text(xml, "EndToEndId", &row.end_to_end_id))?;
        within(xml, "Amt", |xml| {
            let element = xml.create_element("InstdAmt");
            let element = element.with_attribute(("Ccy", row.amount.currency.code()));
            element.write_text_content(BytesText::new(&row.amount.amount())).map(drop)
        })?;
        if !row.account.bic.is_empty() {
            within(xml, "CdtrAgt", |xml| {
                within(xml, "FinInstnId", |xml| text(xml, "BICFI", &row.account.bic))
            })?;
        }
        within(xml, "Cdtr", |xml| name(xml, &row.account.holder))?;
        account(xml, "CdtrAcct", &row.account.iban)?;
        within(xml, "RmtInf", |xml| text(xml, "Ustrd", &row.remittance))
    })
}

fn account(xml: &mut Xml, element: &str, iban: &str) -> io::Result<()> {
    within(xml, element, |xml| within(xml, "Id", |xml| text(xml, "IBAN", iban)))
}

fn name(xml: &mut Xml, name: &str) -> io::Result<()> {
    text(xml, "Nm", &latin::of(name, HOLDER_CHARS_MAX))
}

fn within(
    xml: &mut Xml,
    element: &str,
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(element).write_inner_content(inner).map(drop)
}

fn text(xml: &mut Xml, element: &str, text: &str) -> io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(text)).map(drop)
}
