-- The policy versions that the owner published. Rows are only ever added: a version that is in force judges the orders that
-- were placed under it for ever. What was withdrawn before it was in force stays too, with a row that says so.
create table policy_version (
    -- The policy's id and version, as the file has them.
    policy_id text not null,
    version text not null,
    -- The file, byte for byte, and its SHA-256 as hex.
    body text not null,
    sha256 text not null,
    -- The first day on which orders are judged by it, in the merchant's time zone, as YYYY-MM-DD; and the moment it begins.
    effective_on text not null,
    effective_at_us bigint not null,
    published_by text not null,
    published_at_us bigint not null,
    primary key (policy_id, version)
);

create table policy_withdrawal (
    policy_id text not null,
    version text not null,
    withdrawn_by text not null,
    withdrawn_at_us bigint not null,
    primary key (policy_id, version),
    foreign key (policy_id, version) references policy_version (policy_id, version)
);
