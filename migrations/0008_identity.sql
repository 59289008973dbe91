-- Sign-in with an identity provider: which account is whose there. A subject belongs to one account, and an account to
-- one subject of a provider, so that an address that changes hands opens nothing.

create table account_identity (
    issuer text not null,
    subject text not null,
    account_id text not null references account (id),
    bound_at text not null,
    primary key (issuer, subject)
);
create unique index account_identity_account on account_identity (account_id, issuer);
