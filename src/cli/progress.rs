//! The progress line of long scans.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scan::Observer;

/// A scan that ends sooner shows none.
const PATIENCE: Duration = Duration::from_millis(700);

/// Shows how far a scan has come.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: AtomicBool,
    items: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// `show`: whether there is a terminal to show it on.
    pub(super) fn new(show: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg}  {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        Progress {
            bar,
            started: Instant::now(),
            shown: AtomicBool::new(!show),
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn item(&self, bytes: u64) {
        let items = self.items.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        // Small files come by the ten thousand a second; looking at the clock
        // for each would show in the profile.
        if !items.is_multiple_of(64) && bytes < 64 << 20 {
            return;
        }
        let elapsed = self.started.elapsed();
        if elapsed < PATIENCE {
            return;
        }
        if !self.shown.swap(true, Ordering::Relaxed) {
            self.bar
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
        if self.bar.is_hidden() {
            return;
        }
        let rate = (bytes as f64 / elapsed.as_secs_f64()) as u64;
        self.bar.set_message(format!(
            "{} items, {}, {}/s",
            HumanCount(items),
            HumanBytes(bytes),
            HumanBytes(rate)
        ));
        self.bar.tick();
    }
}
