//! The ledger: operational SQL on SQLite and PostgreSQL, the audit entry beside every write.
