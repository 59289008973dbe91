//! The way out: CSV, XLSX, SDMX and JSON-stat of protected cubes alone.
