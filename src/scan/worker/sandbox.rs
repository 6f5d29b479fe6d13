//! What a worker process gives up before it touches an item.

use crate::read::Limits;

/// Set once: no core dumps, which would hold the content; no new privileges;
/// and no life after the scan.
///
/// Nothing here may fail the worker: where the system has no such bound, the
/// time limit of the scan remains.
pub(super) fn enter() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::thread::set_no_new_privs(true);
        let _ =
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    }
}

/// Set for each item: address space, and processor time from now on.
pub(super) fn bound(limits: &Limits) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let soft = |resource, wanted: u64| {
            let maximum = getrlimit(resource).maximum;
            let current = Some(maximum.map_or(wanted, |most| most.min(wanted)));
            let _ = setrlimit(resource, Rlimit { current, maximum });
        };
        soft(Resource::As, limits.worker_memory);
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec;
        let used = u64::try_from(used).unwrap_or(0);
        // One second more, so that the scan's own clock is the one that speaks.
        soft(
            Resource::Cpu,
            used.saturating_add(limits.seconds).saturating_add(2),
        );
    }
    #[cfg(not(unix))]
    let _ = limits;
}
