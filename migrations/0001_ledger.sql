-- The ledger: who may do what, who did what, and where the work stands.
-- One text for SQLite and PostgreSQL. Ids are UUIDv7 text; times are RFC 3339 text in UTC with six
-- decimals, so that they sort as text; documents are JSON text.

create table account (
    id text not null primary key,
    -- Lower case; people type their address as they like.
    email text not null unique,
    name text not null,
    -- PHC string of argon2id; absent until the first sign-in link is used.
    password_hash text,
    disabled boolean not null default false,
    created_at text not null,
    signed_in_at text
);

-- What an account may be, and where; a limit that is absent is none. Withdrawn grants stay on record.
create table account_grant (
    id text not null primary key,
    account_id text not null references account (id),
    role text not null,
    -- owner, manager or worker; of members of an enterprise alone.
    function text,
    programme text,
    region text,
    organisation text,
    enterprise text,
    given_by text not null,
    given_at text not null,
    withdrawn_by text,
    withdrawn_at text
);
create index account_grant_account on account_grant (account_id, id);

-- A link works once. Only the digest is kept: whoever reads this table can sign in nowhere.
create table sign_in_link (
    digest text not null primary key,
    account_id text not null references account (id),
    created_at text not null,
    expires_at text not null,
    used_at text
);
create index sign_in_link_account on sign_in_link (account_id);

create table session (
    id text not null primary key,
    digest text not null unique,
    account_id text not null references account (id),
    -- The synchroniser token of the forms of this session.
    form_token text not null,
    user_agent text not null,
    created_at text not null,
    seen_at text not null,
    expires_at text not null,
    revoked_at text
);
create index session_account on session (account_id, id);

-- Failed attempts only, by account and by address; old ones are swept.
create table sign_in_attempt (
    id text not null primary key,
    scope text not null,
    at text not null
);
create index sign_in_attempt_scope on sign_in_attempt (scope, at);

-- Every entry seals the one before it.
create table audit (
    seq bigint not null primary key,
    at text not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    previous_hash text not null,
    hash text not null
);
create index audit_subject on audit (subject, seq);

create table audit_head (
    id bigint not null primary key check (id = 1),
    seq bigint not null,
    hash text not null
);
insert into audit_head (id, seq, hash) values (1, 0, '');

create table import (
    id text not null primary key,
    survey text not null,
    period bigint,
    file_name text not null,
    blake3 text not null,
    bytes bigint not null,
    -- What people said about the columns of this file, as TOML; empty means nothing.
    mapping text not null default '',
    status text not null
        check (status in ('checking', 'checked', 'accepting', 'accepted', 'discarded', 'failed')),
    received bigint not null default 0,
    accepted bigint not null default 0,
    warned bigint not null default 0,
    held bigint not null default 0,
    refused bigint not null default 0,
    detail text not null default '{}',
    uploaded_by text not null,
    uploaded_at text not null,
    decided_by text,
    decided_at text
);
-- The same file of the same survey stands in the books once, unless it was put aside.
create unique index import_file on import (survey, blake3)
    where status in ('checking', 'checked', 'accepting', 'accepted');

create table job (
    id text not null primary key,
    kind text not null,
    payload text not null,
    -- What the job is about, to find it again: the id of an import or a release, or a survey.
    subject text not null,
    status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
    step text not null default '',
    done bigint not null default 0,
    total bigint not null default 0,
    -- Why it failed, in both languages, as JSON.
    message text,
    attempts bigint not null default 0,
    worker text,
    heartbeat_at text,
    cancel_requested boolean not null default false,
    ordered_by text not null,
    ordered_by_email text not null,
    ordered_at text not null,
    started_at text,
    ended_at text
);
create index job_waiting on job (status, id);
create index job_subject on job (subject, id);

create table snapshot (
    id text not null primary key,
    survey text not null,
    rows bigint not null,
    years text not null,
    checksum text not null,
    taken_at text not null,
    detail text not null default '{}',
    taken_by text not null
);
create index snapshot_survey on snapshot (survey, taken_at);

create table release (
    id text not null primary key,
    plan text not null,
    status text not null check (status in ('making', 'made', 'failed', 'cancelled')),
    -- The public id, such as npd_enterprise-3; known once it is made.
    release_id text unique,
    dataset text,
    vintage bigint,
    snapshot text,
    embargo_until text,
    audit_passed boolean,
    detail text not null default '{}',
    ordered_by text not null,
    ordered_at text not null,
    ended_at text
);
-- Two releases of one plan at once would race for a vintage.
create unique index release_making on release (plan) where status = 'making';

create table setting (
    key text not null primary key,
    value text not null,
    changed_by text not null,
    changed_at text not null
);
