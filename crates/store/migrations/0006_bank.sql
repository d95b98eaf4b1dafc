-- Refunds that finance pays by bank transfer: where the money goes, which files were made, and what stands in them.

-- Whether a piece goes by bank: it was planned so, or its payment came by bank.
alter table refund_index add column by_bank bigint not null default 0 check (by_bank in (0, 1));
update refund_index set by_bank = 1 where path = 'bank';
create index refund_index_bank on refund_index (state, due_at_us, order_id, refund_id, piece)
    where by_bank = 1;

-- Where a buyer's money goes. Personal data: erasing a row breaks no ledger.
create table bank_account (
    order_id text not null primary key references ledger_order (order_id),
    holder text not null,
    -- Either an IBAN, or a number and a country; what is not there is empty.
    iban text not null,
    account_number text not null,
    bic text not null,
    country text not null,
    -- The last entry of it.
    version bigint not null check (version >= 1),
    entered_by text not null,
    entered_at_us bigint not null
);

-- Who entered the details of an order when, without the details: it stays when they are erased.
create table bank_account_entry (
    order_id text not null references ledger_order (order_id),
    version bigint not null check (version >= 1),
    entered_by text not null,
    entered_at_us bigint not null,
    primary key (order_id, version)
);

-- One file for the bank. It is made of these rows whenever it is asked for, and is the same each time.
create table bank_batch (
    -- The message's id in the file, too.
    batch_id text not null primary key,
    format text not null,
    -- The day on which the bank is to pay, as YYYY-MM-DD.
    execute_on text not null,
    created_by text not null,
    created_at_us bigint not null,
    -- The merchant's account as it was; empty where the format does not name it.
    debtor_name text not null,
    debtor_iban text not null,
    debtor_bic text not null,
    -- What was asked for and could not be paid, with the reasons, as JSON.
    left_out text not null,
    -- The idempotency key under which it was made.
    caller text not null,
    idempotency_key text not null,
    request_hash text not null,
    unique (caller, idempotency_key)
);
create index bank_batch_created on bank_batch (created_at_us, batch_id);

-- One transfer of a file. The key is the last guard against a piece in two files.
create table bank_transfer (
    order_id text not null references ledger_order (order_id),
    refund_id text not null,
    piece bigint not null,
    batch_id text not null references bank_batch (batch_id),
    -- Its place in the file, from 1.
    position bigint not null check (position >= 1),
    -- What the bank reports it by.
    end_to_end_id text not null unique,
    amount_minor bigint not null,
    currency text not null,
    -- What the buyer reads on the statement.
    remittance text not null,
    -- The account as it was: personal data, which is emptied when the buyer is erased.
    holder text not null,
    iban text not null,
    account_number text not null,
    bic text not null,
    country text not null,
    -- The bank's last word of it: its reference and the day, as YYYY-MM-DD; empty before that.
    bank_reference text not null default '',
    booked_on text not null default '',
    primary key (order_id, refund_id, piece),
    unique (batch_id, position)
);
