-- The ledger of costs and contributions, in whole rupiah. An entry is never changed: a correction names the old one.

create table money_entry (
    id text not null primary key,
    programme text not null,
    training_id text not null,
    organisation_id text not null,
    phase text not null,
    module text not null,
    product text not null,
    region text not null,
    booked_on text not null,
    side text not null check (side in ('cost', 'contribution')),
    -- A category of cost or a payer, by the side.
    code text not null,
    in_kind boolean not null default false,
    amount bigint not null check (amount > 0),
    evidence text not null default '',
    replaces text unique references money_entry (id),
    replaced boolean not null default false,
    synthetic boolean not null default false,
    recorded_by text not null,
    recorded_at text not null
);
create index money_entry_training on money_entry (programme, training_id, replaced);
create index money_entry_organisation on money_entry (programme, organisation_id, replaced, id);
