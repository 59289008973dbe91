//! The front door of data: bytes in, rows and findings out.
