//! Long work tells how far it is and can be asked to stop.

use std::sync::atomic::{AtomicBool, Ordering};

/// Listens to long work. Implemented by a progress bar, by a job row, or by nobody (`()`).
pub trait Watch: Sync {
    /// `step` is a stable key, such as `import.read` or `cube.sweep`; `total` 0 means unknown.
    fn report(&self, step: &'static str, done: u64, total: u64);

    /// True once the work should end early and leave nothing half-done.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody listens.
impl Watch for () {
    fn report(&self, _: &'static str, _: u64, _: u64) {}
}

/// Only the wish to stop.
impl Watch for AtomicBool {
    fn report(&self, _: &'static str, _: u64, _: u64) {}

    fn cancelled(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}
