//! Long work on a terminal: a bar that says what is happening, and Ctrl-C that ends well.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::language::Language;
use domain::progress::Watch;
use indicatif::{ProgressBar, ProgressStyle};

use crate::words::say;

/// Set by the first Ctrl-C; the second one ends the program at once.
pub(crate) fn interruption() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if set.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        }
    });
    flag
}

/// A progress bar on standard error; silent where that is not a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    step: Mutex<&'static str>,
    stop: Arc<AtomicBool>,
    language: Language,
}

impl Bar {
    pub(crate) fn new(language: Language, stop: Arc<AtomicBool>) -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("  {msg:<36} {bar:28} {percent:>3} %  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸ "));
        Bar { bar, step: Mutex::new(""), stop, language }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Bar {
    fn report(&self, step: &'static str, done: u64, total: u64) {
        if let Ok(mut current) = self.step.lock()
            && *current != step
        {
            *current = step;
            self.bar.set_message(step_words(step, self.language));
        }
        self.bar.set_length(total.max(1));
        self.bar.set_position(done.min(total.max(1)));
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Work that is watched by a job row and by a bar at once.
pub(crate) struct Both(pub SharedWatch, pub SharedWatch);

/// A watch that a job on another thread may hold.
pub(crate) type SharedWatch = Arc<dyn Watch + Send + Sync>;

impl Watch for Both {
    fn report(&self, step: &'static str, done: u64, total: u64) {
        self.0.report(step, done, total);
        self.1.report(step, done, total);
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled() || self.1.cancelled()
    }
}

/// A step in the reader's words; the part before the dot names the room.
pub(crate) fn step_words(step: &str, language: Language) -> String {
    let (id, en) = match step.split('.').next().unwrap_or_default() {
        "import" | "intake" | "check" => ("Memeriksa berkas", "Checking the file"),
        "archive" | "append" => ("Menyimpan ke arsip", "Writing to the archive"),
        "snapshot" => ("Membuat cuplikan", "Taking the snapshot"),
        "cube" => ("Menghitung kubus", "Computing the cube"),
        "protect" | "disclosure" => ("Melindungi sel", "Protecting cells"),
        "publish" => ("Menerbitkan", "Publishing"),
        "backup" => ("Menyalin berkas", "Copying files"),
        "simulate" => ("Membuat data tiruan", "Simulating enterprises"),
        _ => ("Bekerja", "Working"),
    };
    say(language, id, en)
}
