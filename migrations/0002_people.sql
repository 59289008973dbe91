-- The register and its people: organisations, enterprises, persons, consent, second factors.
-- Same spelling as in 0001: ids and times as text, documents as JSON text.

create table organisation (
    id text not null primary key,
    name text not null,
    kind text not null,
    region text,
    detail text not null,
    version bigint not null default 1,
    recorded_by text not null,
    recorded_at text not null,
    changed_by text not null,
    changed_at text not null
);

create table enterprise (
    id text not null primary key,
    -- Itself, or the entry into which it was merged. What hangs on an enterprise keeps its id for
    -- ever; whoever counts enterprises counts canonical ones.
    canonical_id text not null references enterprise (id),
    name text not null,
    -- For order in lists: the name in lower case without legal forms.
    name_key text not null,
    nib text,
    npwp text,
    activity text,
    region text not null,
    organisation_id text references organisation (id),
    -- Newest count of workers, copied from enterprise_workforce for lists.
    workers bigint,
    -- The whole of what the register says, as JSON; the columns above are copies for searching.
    detail text not null,
    sites text not null default '[]',
    synthetic boolean not null default false,
    version bigint not null default 1,
    recorded_by text not null,
    recorded_at text not null,
    changed_by text not null,
    changed_at text not null
);
create index enterprise_list on enterprise (name_key, id) where canonical_id = id;
create index enterprise_of_organisation on enterprise (organisation_id, name_key, id);
create index enterprise_region on enterprise (region, name_key, id);
create index enterprise_canonical on enterprise (canonical_id);
create index enterprise_nib on enterprise (nib);
create index enterprise_npwp on enterprise (npwp);

-- Every version that ever stood in the register.
create table enterprise_version (
    enterprise_id text not null references enterprise (id),
    version bigint not null,
    detail text not null,
    sites text not null,
    action text not null,
    changed_by text not null,
    changed_at text not null,
    primary key (enterprise_id, version)
);

create table enterprise_workforce (
    enterprise_id text not null references enterprise (id),
    year bigint not null,
    serial bigint not null,
    male bigint,
    female bigint,
    workers bigint,
    sales bigint,
    detail text not null,
    recorded_by text not null,
    recorded_at text not null,
    superseded_at text,
    primary key (enterprise_id, year, serial)
);

-- Personal data, encrypted; what was replaced is gone.
create table enterprise_contact (
    enterprise_id text not null primary key references enterprise (id),
    sealed text not null,
    changed_by text not null,
    changed_at text not null
);

-- Words of names, folded, and the keys under which a word is found in spite of a slip.
create table enterprise_word (
    word text not null,
    enterprise_id text not null references enterprise (id),
    primary key (word, enterprise_id)
);
create index enterprise_word_of on enterprise_word (enterprise_id, word);
create table word_key (
    key text not null,
    word text not null,
    primary key (key, word)
);

create table enterprise_merge (
    id text not null primary key,
    kept_id text not null references enterprise (id),
    merged_id text not null references enterprise (id),
    -- Ids that counted with the merged one, itself included, as JSON.
    moved text not null,
    -- Numbers that the kept one took over because it had none, as JSON.
    adopted text not null,
    why text not null,
    merged_by text not null,
    merged_at text not null,
    undone_by text,
    undone_at text
);
create index enterprise_merge_kept on enterprise_merge (kept_id);
create index enterprise_merge_merged on enterprise_merge (merged_id);

create table person (
    id text not null primary key,
    -- Name, phone and e-mail, encrypted; absent once erased.
    sealed text,
    -- Keyed digests, to notice one person entered twice without reading the names.
    email_digest text,
    phone_digest text,
    sex text,
    enterprise_id text references enterprise (id),
    organisation_id text references organisation (id),
    account_id text references account (id),
    recorded_by text not null,
    recorded_at text not null,
    changed_at text not null,
    erased_by text,
    erased_at text
);
create index person_enterprise on person (enterprise_id);
create index person_organisation on person (organisation_id);
create index person_email on person (email_digest);
create index person_phone on person (phone_digest);

create table consent (
    id text not null primary key,
    subject_kind text not null check (subject_kind in ('person', 'enterprise')),
    subject_id text not null,
    purpose text not null,
    given boolean not null,
    said_on text not null,
    evidence text not null,
    recorded_by text not null,
    recorded_at text not null
);
create index consent_subject on consent (subject_kind, subject_id, purpose, said_on, id);

-- One secret per account, encrypted; it counts once a code of it was seen.
create table second_factor (
    account_id text not null primary key references account (id),
    sealed text not null,
    begun_at text not null,
    confirmed_at text,
    -- The last half minute whose code was used: a code works once.
    last_step bigint not null default 0
);
