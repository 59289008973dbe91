-- The peer network: questions from one enterprise to another, and groups that learn together. No addresses.

create table peer_question (
    id text not null primary key,
    programme text not null,
    from_id text not null references enterprise (id),
    to_id text not null references enterprise (id),
    project_id text not null references project (id),
    words text not null,
    state text not null check (state in ('open', 'answered', 'declined')),
    asked_by text not null,
    asked_at text not null,
    answer text not null default '',
    answered_by text,
    answered_at text
);
create index peer_question_from on peer_question (from_id, asked_at);
create index peer_question_to on peer_question (to_id, asked_at);

create table learning_group (
    id text not null primary key,
    programme text not null,
    organisation_id text not null,
    region text not null,
    title text not null,
    problem_kind text,
    next_on text,
    note text not null,
    tended_by text not null,
    tended_at text not null
);
create index learning_group_programme on learning_group (programme, region);

create table learning_group_member (
    group_id text not null references learning_group (id),
    enterprise_id text not null references enterprise (id),
    joined_by text not null,
    joined_at text not null,
    left_at text,
    primary key (group_id, enterprise_id)
);
