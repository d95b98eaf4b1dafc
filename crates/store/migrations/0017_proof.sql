-- Whether the last proof of a session was by more than a password, at the moment it was given. Whoever adds a second half later
-- has not proved anything by it yet.
alter table session add column is_twice bigint not null default 0;
