-- A read table: what waits for somebody's hands, at the dock or at finance.
create table waiting (
    order_id text not null references ledger_order (order_id),
    -- What is to be done, as `WaitingKind` writes it.
    kind text not null,
    -- The case; empty where it is of none.
    case_id text not null,
    -- The arrival, unit, refund, freight or payment; empty where it is all of the case.
    subject text not null,
    -- The end of the last day for it; the largest number there is where there is none.
    due_at_us bigint not null,
    since_us bigint not null,
    primary key (order_id, kind, case_id, subject)
);
create index waiting_due on waiting (kind, due_at_us, since_us, order_id, case_id, subject);
