-- How many enterprises somebody may see is counted along an index, without reading the enterprises.
create index enterprise_counted on enterprise (region, organisation_id, id, canonical_id) where canonical_id = id;

-- An engagement is read with all that belongs to it.
create index report_engagement on report (engagement_id);
create index case_study_engagement on case_study (engagement_id);
create index visit_course on visit (course_id, planned_on);

-- Visits whose day has passed and that nobody recorded.
create index visit_open on visit (planned_on, trainer_id) where state = 'planned';

-- Who delivered what, and when.
create index training_delivered on training (programme, state, starts_on, id, trainer_id, module);

-- Problems that were solved, the newest first.
create index project_verified on project (verified_on, id) where state = 'verified';

-- How long a kept result took to compute: nobody waits again for what is known to take long.
alter table result_kept add column took_ms bigint not null default 0;
