-- Letters about the peer network: somebody asks, somebody answered. Only for those who said that they want them.

create table reminder_of_more_kinds (
    id text not null primary key,
    account_id text not null references account (id),
    kind text not null
        check (kind in ('visit', 'baseline', 'report', 'follow-up', 'certificate', 'question', 'answer')),
    -- The visit, course, report, engagement, certificate or question it is about.
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
insert into reminder_of_more_kinds (id, account_id, kind, subject, due_on, about, path, synthetic, state, tries,
        refusals, tried_at, failure, noticed_at, sent_at)
    select id, account_id, kind, subject, due_on, about, path, synthetic, state, tries, refusals, tried_at, failure,
        noticed_at, sent_at
    from reminder;
drop table reminder;
alter table reminder_of_more_kinds rename to reminder;
create index reminder_state on reminder (state, noticed_at);

alter table mail_choice add column questions boolean not null default false;
create index peer_question_state on peer_question (state, asked_at);
