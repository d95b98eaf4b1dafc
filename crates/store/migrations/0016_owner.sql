-- What the owner looks at: who did what across all orders, and which keys are in use.

-- Who asked for what an event records, as the desk knew them then: `staff:NAME`, `buyer`, `provider` or `system`; empty for
-- events from before this was kept. Events that owe a name hold it themselves, under the chain of hashes; this stands beside
-- it, so that all events can be listed by person.
alter table ledger_event add column asked_by text not null default '';
create index ledger_event_at on ledger_event (at_us, order_id, seq);
create index ledger_event_asked_by on ledger_event (asked_by, at_us, order_id, seq);

-- When the key was used last, give or take an hour, so that a look at a key is seldom a write; 0 where that is not known.
alter table api_key add column last_used_at_us bigint not null default 0;
