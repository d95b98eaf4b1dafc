-- Who bought an order: all that is kept of a person as such, in a row that can be erased without touching a ledger.
create table buyer (
    order_id text not null primary key references ledger_order (order_id),
    -- As it was given; empty where it is not known, as are the name and the language.
    email text not null,
    -- The same in the form in which addresses are compared; empty where there is none.
    email_key text not null,
    name text not null,
    language text not null,
    -- The largest number there is until it is erased. An erased row stays, so that another import does not bring it back.
    erased_at_us bigint not null
);
create index buyer_email on buyer (email_key, order_id);
