-- Mail to buyers: written in the transaction of what it tells, sent afterwards.

create table letter (
    -- Made of what the letter tells, so that it is written once.
    letter_id text not null primary key,
    -- The order that it is about; empty where it is about none.
    order_id text not null,
    -- Where it goes: personal data, empty once it is erased.
    to_address text not null,
    -- A tag such as `zh-Hans`; empty where none is known.
    language text not null,
    kind text not null,
    -- What the letter is made of, as JSON: ids and not words; empty once it is wiped.
    body text not null,
    -- Whether the body is wiped once the letter is gone.
    is_secret bigint not null check (is_secret in (0, 1)),
    state text not null,
    created_at_us bigint not null,
    -- It is not sent after that.
    expires_at_us bigint not null,
    attempts bigint not null default 0,
    -- Why the last try failed, without personal data; empty where none did.
    last_fault text not null default '',
    -- The largest number there is where no further try is planned.
    next_try_at_us bigint not null,
    -- When it was sent or given up; the largest number there is while it waits.
    ended_at_us bigint not null
);
-- Lists, the newest first: of everything, and of an order.
create index letter_created on letter (created_at_us, letter_id);
create index letter_order on letter (order_id, created_at_us, letter_id);
-- What waits, and what was kept long enough.
create index letter_state on letter (state, expires_at_us, letter_id);
