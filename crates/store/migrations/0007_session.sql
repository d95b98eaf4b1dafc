-- Who is signed in to the pages. A copy of the database leaves these rows out: whoever puts it back signs in again.
create table session (
    -- SHA-256 of the token that the browser keeps; the token itself is kept nowhere.
    token_hash text not null primary key,
    -- `staff` or `buyer`.
    kind text not null check (kind in ('staff', 'buyer')),
    -- The member of staff, or the order whose buyer it is.
    subject text not null,
    created_at_us bigint not null,
    -- When it was last used, to the minute or so.
    seen_at_us bigint not null,
    -- After which it is good no more, however much it is used.
    expires_at_us bigint not null,
    -- When whoever has it last proved who they are.
    strong_at_us bigint not null,
    -- What the browser says that it is, for the list of one's own sessions.
    agent text not null
);
create index session_subject on session (kind, subject);
create index session_expires on session (expires_at_us);
