-- Delivery: how an enterprise goes through a programme, from selection to case study.
-- Days are ISO dates as text; counts and rupiah are whole numbers; small documents are JSON text.

create table engagement (
    id text not null primary key,
    enterprise_id text not null,
    programme text not null,
    phase text not null,
    product text not null,
    organisation_id text not null,
    region text not null,
    state text not null
        check (state in ('selected', 'committed', 'assessed', 'delivering', 'exited', 'withdrawn')),
    version bigint not null,
    trainer_id text,
    selected_on text not null,
    committed_on text,
    signed_by text,
    shares_data boolean not null default false,
    ended_on text,
    ended_because text,
    synthetic boolean not null default false,
    -- Told from the records with every act, so that lists need not read whole dossiers.
    next_step text,
    -- 9999-12-31 where no day is known, so that lists are read along an index.
    next_on text not null default '9999-12-31',
    next_course text,
    changed_by text not null,
    changed_at text not null
);
create index engagement_enterprise on engagement (enterprise_id);
create index engagement_due on engagement (next_on, id);
create index engagement_organisation on engagement (organisation_id, next_on, id);
create index engagement_trainer on engagement (trainer_id, next_on, id);
create index engagement_programme on engagement (programme, state);
create index engagement_listed on engagement (programme, id);
create index engagement_synthetic on engagement (programme, synthetic);

create table training (
    id text not null primary key,
    programme text not null,
    module text not null,
    edition text not null,
    product text not null,
    organisation_id text not null,
    region text not null,
    venue text not null,
    starts_on text not null,
    ends_on text not null,
    trainer_id text,
    state text not null check (state in ('planned', 'held', 'cancelled')),
    -- Counts of the answers 1 to 5.
    feedback text not null default '[0,0,0,0,0]',
    version bigint not null,
    changed_by text not null,
    changed_at text not null
);
create index training_when on training (starts_on);
create index training_trainer on training (trainer_id, starts_on);

create table course (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    module text not null,
    edition text not null,
    training_id text references training (id),
    opened_on text not null,
    trained_on text,
    managers_women bigint not null default 0,
    managers_men bigint not null default 0,
    workers_women bigint not null default 0,
    workers_men bigint not null default 0,
    -- The improvement team, as JSON.
    team text,
    plan_agreed_on text,
    reviewed_on text,
    review text not null default '',
    delivered_on text,
    delivered_by text,
    unique (engagement_id, module)
);
create index course_training on course (training_id);

create table assessment (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    stage text not null
        check (stage in ('baseline', 'after-module', 'final', 'follow-up-6', 'follow-up-12')),
    course_id text references course (id),
    assessed_on text not null,
    practices text not null,
    problems text not null,
    not_tracked text not null,
    note text not null,
    recorded_by text not null,
    recorded_at text not null
);
create index assessment_engagement on assessment (engagement_id);

create table participation (
    id text not null primary key,
    training_id text not null references training (id),
    course_id text not null references course (id),
    name text not null,
    -- As names are compared.
    name_key text not null,
    sex text not null check (sex in ('woman', 'man')),
    position text not null check (position in ('owner', 'manager', 'worker')),
    days bigint not null,
    namesake boolean not null default false,
    -- Attendance was taken anew; the last list counts.
    replaced_at text
);
create index participation_training on participation (training_id);
create index participation_course on participation (course_id);

create table visit (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    course_id text not null references course (id),
    planned_on text not null,
    starts_at text not null,
    trainer_id text,
    state text not null check (state in ('planned', 'done', 'cancelled')),
    done_on text,
    women bigint not null default 0,
    men bigint not null default 0,
    progress text not null default '',
    five_s text,
    findings text not null default '',
    next_steps text not null default '',
    version bigint not null
);
create index visit_engagement on visit (engagement_id);
create index visit_agenda on visit (planned_on, trainer_id);

create table project (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    course_id text not null references course (id),
    problem text not null,
    problem_kind text,
    action text not null,
    owner text not null,
    due_on text not null,
    cost bigint,
    saving bigint,
    saving_kind text check (saving_kind in ('one-off', 'yearly')),
    measure text not null,
    before_value double precision,
    after_value double precision,
    unit text not null,
    state text not null check (state in ('open', 'done', 'verified', 'dropped')),
    done_on text,
    verified_on text,
    verified_by text,
    verified_saving bigint,
    evidence text not null default '',
    version bigint not null
);
create index project_engagement on project (engagement_id);
create index project_kind on project (problem_kind, state);

create table report (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    course_id text not null unique references course (id),
    state text not null check (state in ('draft', 'submitted', 'returned', 'approved')),
    summary text not null,
    lessons text not null,
    version bigint not null,
    submitted_on text,
    decided_on text,
    decided_by text
);
create index report_state on report (state, submitted_on);

create table report_comment (
    id text not null primary key,
    report_id text not null references report (id),
    words text not null,
    written_by text not null,
    written_at text not null
);
create index report_comment_report on report_comment (report_id);

create table case_study (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    course_id text not null references course (id),
    state text not null check (state in ('draft', 'published', 'retracted')),
    title text not null,
    problem_kind text not null,
    shown_as text not null,
    problem text not null,
    action text not null,
    result text not null,
    pairs text not null,
    consent_by text,
    consent_on text,
    published_on text,
    version bigint not null
);
create index case_study_state on case_study (state, published_on);

-- The cleaned file lies in the blobs folder under its BLAKE3.
create table photo (
    id text not null primary key,
    engagement_id text not null references engagement (id),
    subject_id text not null,
    is_after boolean not null,
    caption text not null,
    blake3 text not null,
    media_type text not null,
    bytes bigint not null,
    attached_by text not null,
    attached_at text not null
);
create index photo_subject on photo (subject_id);
create index photo_engagement on photo (engagement_id);
