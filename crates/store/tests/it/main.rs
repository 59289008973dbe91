//! Stories of the ledger, told on SQLite always and on PostgreSQL when `TEST_DATABASE_URL` is set.

mod accounts;
mod audit;
mod cases;
mod delivery;
mod imports;
mod jobs;
mod ledger;
mod matrix;
mod money;
mod network;
mod people;
mod register;
mod releases;
mod reminders;
mod results;
mod sessions;
mod speed;
mod trainers;
