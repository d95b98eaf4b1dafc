-- A read table: one row for each claimed unit, for the owner's reports. It follows from the ledgers, and is written in the
-- transaction that appends to one. Months are numbers such as 202603, in the merchant's time zone.
create table report_unit (
    case_id text not null,
    unit text not null,
    order_id text not null references ledger_order (order_id),
    -- As the order has them, cut to a length that an index takes; the batch is empty where the order names none.
    sku text not null,
    batch text not null,
    opened_month bigint not null,
    opened_at_us bigint not null,
    cause_claimed text not null,
    -- Empty until it was inspected.
    cause_found text not null,
    verdict text not null,
    is_inspected bigint not null check (is_inspected in (0, 1)),
    no_fault_found bigint not null check (no_fault_found in (0, 1)),
    -- When the buyer was told yes or no, the goods arrived, and all of the money had arrived; the largest number there is until
    -- then. The hours count from the opening to the decision, and from the receipt to the money; -1 until then.
    decided_at_us bigint not null,
    decide_hours bigint not null,
    received_at_us bigint not null,
    settled_at_us bigint not null,
    refund_hours bigint not null,
    currency text not null,
    refund_minor bigint not null,
    -- Who is to pay the way back, where anybody is; and what was laid out, by who bears it.
    return_payer text not null,
    merchant_freight_minor bigint not null,
    buyer_freight_minor bigint not null,
    -- Whether the money arrived by the day that the policy promises: none, open, kept or late; and the end of that day.
    promise text not null,
    refund_by_us bigint not null,
    primary key (case_id, unit)
);
create index report_unit_order on report_unit (order_id);
-- Each report is read from one of these alone, in its order.
create index report_unit_cause
    on report_unit (opened_month, cause_claimed, is_inspected, no_fault_found);
create index report_unit_product on report_unit (sku, opened_month, is_inspected, no_fault_found);
create index report_unit_batch
    on report_unit (batch, sku, opened_month, is_inspected, no_fault_found) where batch <> '';
create index report_unit_decided on report_unit (opened_month, decide_hours);
create index report_unit_refunded on report_unit (opened_month, refund_hours);
create index report_unit_freight on report_unit
    (opened_month, currency, return_payer, merchant_freight_minor, buyer_freight_minor);
create index report_unit_promise on report_unit (opened_month, promise, refund_by_us);
