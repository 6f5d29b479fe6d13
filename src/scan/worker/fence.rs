//! The panic fence around every reader.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::model::{Coverage, Reason, Segment};
use crate::read::{Flow, Item, Limits, Out, Reader};

thread_local! {
    /// Set while this thread is inside a fence: where it panicked, if it did.
    static FENCED: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
}

/// Runs a reader; a panic becomes [`Reason::ParserCrash`] with the place in
/// the program it came from. The message of the panic is dropped, because it
/// may quote the item.
///
/// Needs `panic = "unwind"`. Running out of memory or stack aborts the process
/// all the same, which is what the worker processes are for. The first call
/// installs a panic hook that is silent inside fences and passes on everything
/// else to the hook before it.
pub fn fence(run: impl FnOnce() -> Coverage) -> Coverage {
    install_hook();
    let outer = FENCED.replace(Some(None));
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    let place = FENCED.replace(outer).flatten();
    outcome.unwrap_or_else(|payload| {
        // Dropping what was thrown may throw again.
        std::mem::forget(payload);
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        Coverage::failed(
            Reason::ParserCrash,
            format!("the parser crashed at {place}"),
        )
    })
}

/// [`fence`] around one reader. A crash after the first segment is
/// [`Status::Partial`](crate::model::Status::Partial).
pub fn read_fenced(
    reader: &dyn Reader,
    item: &mut Item<'_>,
    limits: &Limits,
    out: &mut dyn Out,
) -> Coverage {
    let mut counted = Counted::new(out);
    let coverage = fence(|| reader.read(item, limits, &mut counted));
    counted.judge(coverage)
}

/// Knows whether anything was handed out, and whether more is wanted.
pub(super) struct Counted<'o> {
    out: &'o mut dyn Out,
    segments: u64,
    pub(super) stopped: bool,
}

impl<'o> Counted<'o> {
    pub(super) fn new(out: &'o mut dyn Out) -> Self {
        Counted {
            out,
            segments: 0,
            stopped: false,
        }
    }

    /// A crash that came after something was read is a partial read.
    pub(super) fn judge(&self, coverage: Coverage) -> Coverage {
        match (coverage.reason, coverage.detail) {
            (Some(reason), detail) if is_crash(reason) && self.segments > 0 => {
                Coverage::partial(coverage.bytes, reason, detail.unwrap_or_default())
            }
            (_, detail) => Coverage { detail, ..coverage },
        }
    }
}

/// True for the ends a reader does not choose.
pub(super) fn is_crash(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::ParserCrash | Reason::LimitTime | Reason::LimitMemory
    )
}

impl Out for Counted<'_> {
    fn segment(&mut self, segment: Segment<'_>) -> Flow {
        self.segments += 1;
        let flow = self.out.segment(segment);
        self.stopped |= flow == Flow::Stop;
        flow
    }
}

fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = || {
                info.location()
                    .map(|at| format!("{}:{}", shorten(at.file()), at.line()))
            };
            let fenced = FENCED.try_with(|fenced| match fenced.try_borrow_mut() {
                Ok(mut fenced) => fenced.as_mut().map(|noted| *noted = place()).is_some(),
                Err(_) => false,
            });
            if fenced != Ok(true) {
                before(info);
            }
        }));
    });
}

/// The crate and the file in it, without the folders of the machine that
/// built the program.
fn shorten(file: &str) -> String {
    let parts = file.split(['/', '\\']).collect::<Vec<_>>();
    let from = parts
        .iter()
        .rposition(|part| *part == "src")
        .map_or(parts.len() - 1, |at| at.saturating_sub(1));
    parts[from..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    #[test]
    fn a_panic_is_one_failed_item_and_says_where_not_what() {
        let coverage = fence(|| panic!("secret value"));
        assert_eq!(
            (coverage.status, coverage.reason),
            (Status::Failed, Some(Reason::ParserCrash))
        );
        let detail = coverage.detail.unwrap();
        assert!(
            detail.contains("worker/fence.rs:") && !detail.contains("secret"),
            "{detail}"
        );
    }

    #[test]
    fn fences_nest() {
        let coverage = fence(|| {
            fence(|| panic!("inner"));
            Coverage::scanned(7)
        });
        assert_eq!(coverage, Coverage::scanned(7));
    }

    #[test]
    fn places_name_no_machine() {
        assert_eq!(
            shorten("/home/me/registry/src/index/calamine-0.38.0/src/xls.rs"),
            "calamine-0.38.0/src/xls.rs"
        );
        assert_eq!(shorten("src/read/csv.rs"), "src/read/csv.rs");
        assert_eq!(shorten("/build/generated.rs"), "generated.rs");
    }
}
