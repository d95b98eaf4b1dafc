-- The portal: codes by which buyers sign in, how often something may be asked for, and the files that buyers send as evidence.

create table sign_in_code (
    -- SHA-256 of the token that the browser keeps between asking for a code and typing it.
    attempt_hash text not null primary key,
    -- The number of the order as it was typed.
    number text not null,
    -- Whether order and address belong together; where they do not, no code was sent and none is right.
    is_real bigint not null check (is_real in (0, 1)),
    salt text not null,
    -- SHA-256 of the salt and the code.
    code_hash text not null,
    -- How many codes were tried.
    tries bigint not null,
    expires_at_us bigint not null
);
create index sign_in_code_expires on sign_in_code (expires_at_us);

-- So many of a thing in so long: each use takes a slot, which is free again once the time is over. Rows are claimed one by
-- one, so that two at the same moment never share one.
create table rate_slot (
    -- SHA-256 of what is counted, such as an address: the words are kept nowhere.
    bucket text not null,
    slot bigint not null,
    free_at_us bigint not null,
    primary key (bucket, slot)
);
create index rate_slot_free on rate_slot (free_at_us);

-- Files of evidence. What a file holds lies in a store of its own, under names of chance.
create table evidence_file (
    -- A name of 128 bits of chance; events refer to it.
    file_id text not null primary key,
    order_id text not null,
    -- The case that has it; empty until the case is opened.
    case_id text not null,
    slot text not null,
    -- `image/jpeg`, `image/png`, `image/webp` or `application/pdf`, by content.
    kind text not null,
    bytes bigint not null,
    -- Of the picture as it is shown, upright; 0 of what is no picture.
    width bigint not null,
    height bigint not null,
    -- Of the whole original.
    sha256 text not null,
    original_blob text not null,
    -- A smaller copy without what a camera writes along, and one smaller still; empty of what is no picture.
    display_blob text not null,
    thumbnail_blob text not null,
    created_at_us bigint not null
);
create index evidence_file_order on evidence_file (order_id, created_at_us);
create index evidence_file_sha256 on evidence_file (sha256);
-- What no case took in time.
create index evidence_file_case on evidence_file (case_id, created_at_us);
-- Which of the stored files nobody has.
create index evidence_file_original on evidence_file (original_blob);
create index evidence_file_display on evidence_file (display_blob);
create index evidence_file_thumbnail on evidence_file (thumbnail_blob);
