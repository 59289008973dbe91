-- Reminders by e-mail, each once; who does not want them; and private addresses of calendars.

create table reminder (
    id text not null primary key,
    account_id text not null references account (id),
    kind text not null
        check (kind in ('visit', 'baseline', 'report', 'follow-up', 'certificate')),
    -- The visit, course, report, engagement or certificate it is about.
    subject text not null,
    due_on text not null,
    -- What it is called: an enterprise or a module, never a person.
    about text not null,
    path text not null,
    synthetic boolean not null default false,
    state text not null check (state in ('due', 'sent', 'lapsed')),
    tries bigint not null default 0,
    -- How often the server refused this very letter, and not because it was down.
    refusals bigint not null default 0,
    tried_at text,
    -- What the mail server said the last time.
    failure text,
    noticed_at text not null,
    sent_at text,
    unique (account_id, kind, subject, due_on)
);
create index reminder_state on reminder (state, noticed_at);

create table mail_choice (
    account_id text not null primary key references account (id),
    reminders boolean not null,
    changed_at text not null
);

-- Only the digest is kept: whoever loses the address renews it.
create table calendar_link (
    account_id text not null primary key references account (id),
    digest text not null unique,
    created_at text not null
);
