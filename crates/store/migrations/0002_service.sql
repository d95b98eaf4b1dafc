-- Who may ask, what they typed, what they asked before, and the money that is on its way.

-- What the desk remembers of itself, such as that refunds are paused.
create table setting (
    name text not null primary key,
    value text not null
);

-- A member of staff. The name is what events remember; what must be erasable of a person is not in events.
create table staff (
    staff_id text not null primary key,
    -- Words of the closed list of roles, parted by blanks.
    roles text not null,
    -- An Argon2id hash; empty where no password is set.
    password_hash text not null,
    created_at_us bigint not null,
    is_active bigint not null check (is_active in (0, 1))
);

-- A machine's way in. Of the secret only its hash is kept.
create table api_key (
    key_id text not null primary key,
    -- What it is for; the ledger remembers the machine by it.
    name text not null,
    roles text not null,
    secret_hash text not null,
    created_at_us bigint not null,
    -- The largest number there is while it is good.
    revoked_at_us bigint not null
);

-- What people typed, which events name by its id. Erasing a row breaks no ledger.
create table text (
    order_id text not null references ledger_order (order_id),
    text_id text not null,
    words text not null,
    created_at_us bigint not null,
    primary key (order_id, text_id)
);

-- What was asked under an idempotency key, and which events answered it: the same key gets the same answer.
create table request_key (
    -- Who asked: keys of different callers never meet.
    caller text not null,
    idempotency_key text not null,
    request_hash text not null,
    order_id text not null references ledger_order (order_id),
    -- The events that it made are those after the first number, up to the last.
    after_seq bigint not null,
    last_seq bigint not null,
    at_us bigint not null,
    primary key (caller, idempotency_key)
);
create index request_key_age on request_key (at_us);

-- A read table: each piece of a refund and where it stands, for finance.
create table refund_index (
    order_id text not null references ledger_order (order_id),
    refund_id text not null,
    piece bigint not null,
    case_id text not null,
    payment text not null,
    path text not null,
    state text not null,
    amount_minor bigint not null,
    currency text not null,
    due_at_us bigint not null,
    updated_at_us bigint not null,
    primary key (order_id, refund_id, piece)
);
create index refund_index_due on refund_index (state, due_at_us, order_id, refund_id, piece);
create index refund_index_case on refund_index (case_id);

-- A read table: which order a serial was shipped with, for the dock and for searches.
create table serial_index (
    serial text not null,
    order_id text not null references ledger_order (order_id),
    primary key (serial, order_id)
);

-- Lists of every state, the newest first.
create index case_index_opened on case_index (opened_at_us, case_id);
