-- What a representative's queue is made of: whom each case waits for, who looks after it, and what it is about in short.

-- The case has ended and waits for nobody.
alter table case_index add column is_over bigint not null default 0 check (is_over in (0, 1));
-- The member of staff who looks after it; empty for nobody.
alter table case_index add column assignee text not null default '';
alter table case_index add column attention text not null default 'staff';
-- Empty in a row that was written before this column: such rows are written again from their ledgers.
alter table case_index add column next_step text not null default '';
-- Words of the closed list of causes, parted by blanks, and how many units are claimed: never anything about a person.
alter table case_index add column causes text not null default '';
alter table case_index add column units bigint not null default 0;
-- The case that took its claims, where one did; empty otherwise.
alter table case_index add column merged_into text not null default '';

-- The oldest first among those of one due time, which those that are never due all share.
drop index case_index_due;
create index case_index_due on case_index (state, due_at_us, opened_at_us, case_id);
-- The queue alone: what is over is by far the most, and is in neither of these.
create index case_index_attention on case_index (attention, due_at_us, opened_at_us, case_id)
    where is_over = 0;
create index case_index_assignee on case_index (assignee, attention, due_at_us, opened_at_us, case_id)
    where is_over = 0;
-- Empty, but after an update.
create index case_index_outdated on case_index (order_id) where next_step = '';

-- A read table: in which cases a serial was, as a claimed unit, as what came in its stead, or as its replacement.
create table case_serial (
    serial text not null,
    case_id text not null,
    order_id text not null references ledger_order (order_id),
    primary key (serial, case_id)
);
create index case_serial_order on case_serial (order_id);

-- The name and its last word in the form in which names are looked for; empty where there is none. SQLite makes small only
-- the letters of ASCII here: another name is found once its buyer is stated again.
alter table buyer add column name_key text not null default '';
alter table buyer add column last_name_key text not null default '';
update buyer set name_key = lower(name) where name <> '';
create index buyer_name on buyer (name_key, order_id) where name_key <> '';
create index buyer_last_name on buyer (last_name_key, order_id) where last_name_key <> '';

-- Answers that staff have ready, in the place of those that the program brings along or beside them.
create table answer_template (
    template_id text not null,
    language text not null,
    title text not null,
    words text not null,
    changed_by text not null,
    changed_at_us bigint not null,
    primary key (template_id, language)
);
