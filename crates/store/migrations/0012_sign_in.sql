-- How members of staff prove who they are, what they are in the middle of, and what became of it.

-- The authenticator app of a member of staff. Its secret must be read again at each use, as that of a webhook must.
create table totp (
    staff_id text not null primary key references staff (staff_id),
    -- In base 32, as the app knows it.
    secret text not null,
    -- The last step of 30 seconds whose code was taken: each is taken once.
    last_step bigint not null,
    created_at_us bigint not null
);

-- Codes for the day on which app and key are lost. Each is good once, and only its hash is kept.
create table recovery_code (
    staff_id text not null references staff (staff_id),
    code_hash text not null,
    -- The largest number there is while it is good.
    used_at_us bigint not null,
    primary key (staff_id, code_hash)
);

-- A passkey: a key pair of which the public half is here.
create table passkey (
    -- Chosen by the authenticator; in base64url.
    credential_id text not null primary key,
    staff_id text not null references staff (staff_id),
    -- What the person calls it.
    name text not null,
    -- How it is reached, its public key, and what changes with its use; in base64url.
    transports text not null,
    fixed text not null,
    changing text not null,
    created_at_us bigint not null,
    -- 0 until it is used.
    used_at_us bigint not null
);
create index passkey_staff on passkey (staff_id);

-- What authenticators know a member of staff by: chance, so that a lost key tells no name.
create table passkey_user (
    staff_id text not null primary key references staff (staff_id),
    handle text not null unique
);

-- Who a member of staff is to the merchant's own sign-in. One person there is one here.
create table staff_identity (
    issuer text not null,
    subject text not null,
    staff_id text not null references staff (staff_id),
    linked_at_us bigint not null,
    primary key (issuer, subject)
);
create index staff_identity_staff on staff_identity (staff_id);

-- Something that was begun and has a second half: a sign-in that waits for its second factor, a challenge that waits for a
-- passkey, a visit to the single sign-on, an invitation. Whoever has the token may end it, once. A copy leaves these out.
create table sign_in_step (
    -- SHA-256 of the token.
    token_hash text not null primary key,
    kind text not null,
    -- The member of staff; empty where it is not known yet.
    staff_id text not null,
    state text not null,
    expires_at_us bigint not null
);
create index sign_in_step_staff on sign_in_step (staff_id, kind);
create index sign_in_step_expires on sign_in_step (expires_at_us);

-- How often guessing failed lately, by a hash of who was guessed or from where. A copy leaves these out.
create table sign_in_throttle (
    bucket text not null primary key,
    failures bigint not null check (failures >= 0),
    -- Until when nothing is tried.
    free_at_us bigint not null,
    last_at_us bigint not null
);
create index sign_in_throttle_last on sign_in_throttle (last_at_us);

-- What was done about signing in, for the owner to read. No address and no name but those of staff.
create table sign_in_event (
    event_id text not null primary key,
    at_us bigint not null,
    kind text not null,
    staff_id text not null,
    -- Who did it, where it was somebody else.
    done_by text not null
);
create index sign_in_event_at on sign_in_event (at_us, event_id);

-- A read table: each refund that waits for a second person.
create table refund_proposal (
    order_id text not null references ledger_order (order_id),
    refund_id text not null,
    case_id text not null,
    amount_minor bigint not null,
    currency text not null,
    proposed_by text not null,
    proposed_at_us bigint not null,
    primary key (order_id, refund_id)
);
create index refund_proposal_at on refund_proposal (proposed_at_us, order_id, refund_id);
