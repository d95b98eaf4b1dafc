-- Who is told of events over HTTP, how far each has been told, and what came of it. The ledger itself is the outbox: nothing is
-- written here for an event while there is no endpoint.
--
-- No table refers to an endpoint with a foreign key: a command on a ledger must not fail because an endpoint is being removed.

create table webhook_endpoint (
    endpoint_id text not null primary key,
    url text not null,
    -- Kinds of events, parted by blanks; empty for all.
    kinds text not null,
    -- Kept as it is, because it signs: a hash could not.
    secret text not null,
    -- The one before, which signs as well until then; empty where there is none.
    old_secret text not null,
    old_secret_until_us bigint not null,
    -- Whether it is told, or why not.
    standing text not null,
    created_at_us bigint not null,
    -- Since when nothing arrived there; the largest number there is while things arrive.
    failing_since_us bigint not null
);

-- How far an endpoint has been told of an order. It begins before the first event that the endpoint was to be told of.
create table webhook_position (
    endpoint_id text not null,
    order_id text not null references ledger_order (order_id),
    -- The event that it was told of last, or that was given up.
    seq bigint not null,
    primary key (endpoint_id, order_id)
);

-- One message: an event on its way to an endpoint. Its body is made from the ledger, each time the same.
create table webhook_delivery (
    delivery_id text not null primary key,
    endpoint_id text not null,
    order_id text not null references ledger_order (order_id),
    seq bigint not null,
    kind text not null,
    state text not null,
    attempts bigint not null,
    -- The status code of the last answer; 0 where there was none.
    last_status bigint not null,
    -- Why there was none; empty where there was one.
    last_fault text not null,
    created_at_us bigint not null,
    -- The largest number there is where no further try is planned.
    next_try_at_us bigint not null,
    -- The largest number there is while it was not delivered.
    delivered_at_us bigint not null
);
-- Lists, the newest first: of everything, of an endpoint, of a state.
create index webhook_delivery_created on webhook_delivery (created_at_us, delivery_id);
create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, created_at_us, delivery_id);
create index webhook_delivery_state on webhook_delivery (state, created_at_us, delivery_id);
