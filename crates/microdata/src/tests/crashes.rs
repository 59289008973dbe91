//! Full disks and sudden deaths.
