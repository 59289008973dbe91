//! The archive: append-only Parquet, manifests, dated immutable snapshots.
