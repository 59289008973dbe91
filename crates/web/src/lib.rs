//! The front desk: HTTP, HTML, the API, SDMX, sessions and languages.
