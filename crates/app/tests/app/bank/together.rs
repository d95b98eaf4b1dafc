//! Several people at once.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use backhaul_app::{BankError, BankFormat, Booked, Chosen, NewBatch, TransferState};
use backhaul_testkit::Database;
use pollster::block_on;

use super::{IBAN, draft_account, finance, once};
use crate::desk::{Desk, NUMBER, approve, draft, id};

backhaul_testkit::on_both_engines! {
    four_export_at_once_and_each_piece_is_in_one_file
}

const PEOPLE: usize = 4;

fn four_export_at_once_and_each_piece_is_in_one_file(database: &Database) {
    let desk = Desk::at_bank(database);
    let mut draft = draft();
    draft.payments.iter_mut().for_each(|payment| payment.provider = Some(id("wire")));
    desk.app.import_order(draft).unwrap();
    for unit in 1..=8 {
        desk.inspected(&format!("RMA-{unit}"), unit);
    }
    desk.enters(NUMBER, &draft_account("A", IBAN)).unwrap();
    for (round, units) in (1..=8).collect::<Vec<u32>>().chunks(2).enumerate() {
        for unit in units {
            desk.then(approve(&format!("RMA-{unit}"), *unit, &format!("R-{unit}")));
        }
        let start = Barrier::new(PEOPLE);
        let files = thread::scope(|scope| {
            let people: Vec<_> = (0..PEOPLE)
                .map(|person| {
                    let (desk, start) = (&desk, &start);
                    scope.spawn(move || {
                        let chosen = Chosen::DueUpTo("2026-12-31".parse().unwrap());
                        let once = once(&format!("k-{round}-{person}"));
                        let format = BankFormat::Csv;
                        let asked = NewBatch { chosen, format, execute_on: None, once };
                        let who = finance(&format!("finn-{person}"));
                        start.wait();
                        block_on(desk.app.export_bank_batch(&who, asked))
                    })
                })
                .collect();
            people.into_iter().map(|person| person.join().unwrap()).collect::<Vec<_>>()
        });
        for refused in files.iter().filter_map(|file| file.as_ref().err()) {
            assert!(matches!(refused, BankError::NothingToPay { .. }), "{refused:?}");
        }
        assert!(files.iter().any(Result::is_ok));
    }
    let batches = block_on(desk.app.bank_batches(None, 100)).unwrap();
    let mut seen = BTreeMap::new();
    for batch in &batches {
        for (_, row) in block_on(desk.app.bank_batch(&batch.id)).unwrap().transfers {
            *seen.entry(row.end_to_end_id).or_insert(0) += 1;
        }
    }
    let exported = desk.names(TransferState::Exported);
    assert!(exported.len() >= 8 && desk.names(TransferState::ToPay).is_empty());
    assert_eq!(seen.len(), exported.len());
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");

    // The same statement is typed in by all of them at once.
    let start = Barrier::new(PEOPLE);
    let ids: Vec<&String> = seen.keys().collect();
    let recorded: usize = thread::scope(|scope| {
        let book = || {
            start.wait();
            let booked = ids.iter().map(|id| desk.books(id, true, "BANK-1").unwrap());
            booked.filter(|booked| *booked == Booked::Recorded).count()
        };
        let people: Vec<_> = (0..PEOPLE).map(|_| scope.spawn(book)).collect();
        people.into_iter().map(|person| person.join().unwrap()).sum()
    });
    assert_eq!(recorded, seen.len(), "each is recorded once");
    desk.holds();
}
