-- Which orders a payment was captured for: providers tell of chargebacks by payment. Written when an order comes in; a
-- payment that a later version of the order no longer has stays, since the money was taken for it all the same.
create table payment_index (
    payment text not null,
    order_id text not null references ledger_order (order_id),
    primary key (payment, order_id)
);
