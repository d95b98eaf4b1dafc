-- The ledger of each order, the documents it rests on, and what follows from it.
--
-- One text for SQLite and PostgreSQL: integers, booleans and moments (microseconds since 1970, UTC) are BIGINT, ids and
-- JSON are TEXT, and JSON is never looked into. Every column that can be is NOT NULL, so that sorting is the same on both.

-- One row an order. Its head says where the ledger ends, so that events cut off its end are missed; setting the head
-- from the expected place to the next is also what makes two writers of one order meet.
create table ledger_order (
    order_id text not null primary key,
    -- The shop's number: the same order is never taken in twice.
    number text not null unique,
    -- The version of the newest document in order_version.
    order_version bigint not null check (order_version >= 1),
    -- The number and the hash of the last event; 0 and zeros while there is none.
    head_seq bigint not null check (head_seq >= 0),
    head_hash text not null
);

-- Each import of an order is a version, and no version is ever changed: a case is judged on the one it was opened on.
create table order_version (
    order_id text not null references ledger_order (order_id),
    version bigint not null check (version >= 1),
    imported_at_us bigint not null,
    body text not null,
    primary key (order_id, version)
);

-- What happened to an order, never rewritten. The key is the last guard against two events in one place.
create table ledger_event (
    order_id text not null references ledger_order (order_id),
    -- Counts from 1 without gaps.
    seq bigint not null check (seq >= 1),
    at_us bigint not null,
    -- The type of the event, which is in the body too: for looking for events of a kind.
    kind text not null,
    body text not null,
    -- SHA-256 of this event and of the hash before it.
    hash text not null,
    primary key (order_id, seq)
);

-- A read table: where each case stands, for lists. It can be made again from the ledgers at any time.
create table case_index (
    case_id text not null primary key,
    order_id text not null references ledger_order (order_id),
    state text not null,
    -- The policy version that judges the case.
    policy_pin text not null,
    opened_at_us bigint not null,
    -- When something must have happened, or the largest number there is where nothing must.
    due_at_us bigint not null,
    updated_at_us bigint not null
);
create index case_index_order on case_index (order_id);
create index case_index_due on case_index (state, due_at_us, case_id);

-- What others are to be told of. Written in the transaction of the event, sent afterwards, at least once.
create table outbox (
    id text not null primary key,
    order_id text not null references ledger_order (order_id),
    topic text not null,
    body text not null,
    created_at_us bigint not null,
    is_sent bigint not null default 0 check (is_sent in (0, 1)),
    -- 0 while it is not sent.
    sent_at_us bigint not null default 0
);
-- Only what waits: what was sent is kept for people to look at, and there is much more of it.
create index outbox_waiting on outbox (created_at_us, id) where is_sent = 0;

-- Work to be done once it is due. Claiming a job moves its due time to the end of the lease: should its worker die, it
-- is due again by itself.
create table job (
    -- Chosen by whoever enqueues it: the same work has the same id, and is enqueued once.
    id text not null primary key,
    kind text not null,
    body text not null,
    due_at_us bigint not null,
    -- How often it was claimed. Also tells the claims of one worker apart.
    attempts bigint not null default 0,
    -- Who claimed it last; empty before that, and after it was put back.
    holder text not null default ''
);
create index job_due on job (kind, due_at_us, id);
