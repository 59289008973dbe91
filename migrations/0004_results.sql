-- Results: what was measured, what was attested, what was reported. Nothing here is overwritten.

create table observation (
    id text not null primary key,
    programme text not null,
    indicator text not null,
    -- Version of the definition by which it was asked.
    version bigint not null,
    enterprise_id text not null,
    engagement_id text not null,
    -- For the stage after a module.
    training_id text,
    stage text not null
        check (stage in ('baseline', 'after-module', 'final', 'follow-up-6', 'follow-up-12')),
    period_from text not null,
    period_to text not null,
    -- What was read, as JSON: inputs, a value, or why it is not tracked.
    reading text not null,
    -- In the unit of the indicator; absent if not tracked.
    value double precision,
    output_unit text not null default '',
    verification text,
    evidence text not null default '',
    quality text not null check (quality in ('sound', 'doubtful', 'confirmed', 'rejected')),
    doubts text not null default '[]',
    -- The observation that this one corrects. The old row stays.
    replaces text unique references observation (id),
    replaced boolean not null default false,
    synthetic boolean not null default false,
    recorded_by text not null,
    recorded_at text not null,
    reviewed_by text,
    reviewed_at text,
    review_note text not null default ''
);
-- One value a stage stands; two who record it at once do not both win.
create unique index observation_standing
    on observation (engagement_id, indicator, stage, coalesce(training_id, ''))
    where not replaced;
create index observation_engagement on observation (engagement_id, id);
create index observation_indicator on observation (programme, indicator, replaced, stage, id);
create index observation_quality on observation (programme, quality, replaced, id);
create index observation_enterprise on observation (enterprise_id, id);

-- Grows with everything that may change a result, so that a page knows whether what it kept still holds.
create table result_state (
    programme text not null primary key,
    generation bigint not null
);

-- Results that were computed once and hold until the generation grows or they are too old.
create table result_kept (
    programme text not null,
    name text not null,
    generation bigint not null,
    computed_at text not null,
    document text not null,
    primary key (programme, name)
);

-- Figures that no record counts, attested with evidence; the newest stands.
create table attestation (
    id text not null primary key,
    programme text not null,
    target text not null,
    value double precision,
    as_of text not null,
    evidence text not null,
    attested_by text not null,
    attested_at text not null
);
create index attestation_target on attestation (programme, target, attested_at, id);

-- What was reported for a period; once, and never changed.
create table report_locked (
    id text not null primary key,
    programme text not null,
    period text not null,
    as_of text not null,
    figures text not null,
    locked_by text not null,
    locked_at text not null,
    unique (programme, period)
);

-- The pathway of trainers, step by step.
create table trainer_step (
    id text not null primary key,
    programme text not null,
    person_id text not null,
    -- The provider for whom the person works.
    organisation_id text not null,
    region text not null,
    step text not null
        check (step in ('selected', 'trained', 'observed', 'certified', 'expert', 'withdrawn')),
    module text,
    on_day text not null,
    vouched_by text,
    note text not null default '',
    recorded_by text not null,
    recorded_at text not null
);
create index trainer_step_person on trainer_step (programme, person_id, on_day);
