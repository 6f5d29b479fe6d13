"""Runs one command and says what it cost.

CPU time is that of the process and of all descendants it waited for, from the
kernel (`wait4`). Memory is sampled: the sum, over the processes alive at one
moment, of the largest resident size that each has had. Mapped files count as
resident.
"""

import contextlib
import ctypes
import os
import signal
import threading
import time
from dataclasses import dataclass

SAMPLE_SECONDS = 0.01


@dataclass
class Run:
    user: float  # seconds
    system: float  # seconds
    wall: float  # seconds
    peak: int  # bytes
    status: int  # exit code; negative: the signal that ended it
    timed_out: bool = False

    @property
    def cpu(self):
        return self.user + self.system


def run(command, environment, output, limit, cores=None):
    """Runs `command` with its output going to the file `output`.

    `limit` is in seconds of wall-clock time; `cores` binds the command to so
    many cores, for programs that take as many as there are.
    """
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, f"{output}.errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    allowed = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, sorted(allowed)[-cores:])
    started = time.monotonic()
    try:
        pid = os.posix_spawn(
            command[0], [str(part) for part in command], environment, file_actions=files, setpgroup=0
        )
    finally:
        os.sched_setaffinity(0, allowed)
    watch = Watch(pid, started + limit)
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - started
    watch.stop()
    return Run(
        user=used.ru_utime,
        system=used.ru_stime,
        wall=wall,
        peak=watch.peak,
        status=os.waitstatus_to_exitcode(status),
        timed_out=watch.timed_out,
    )


class Watch(threading.Thread):
    """Samples the memory of a process tree, and ends it when its time is up."""

    def __init__(self, pid, deadline):
        super().__init__(daemon=True)
        self.pid = pid
        self.deadline = deadline
        self.peak = 0
        self.timed_out = False
        self.ended = threading.Event()
        self.start()

    def run(self):
        while True:
            self.peak = max(self.peak, sum(map(largest_resident, tree(self.pid))))
            if time.monotonic() > self.deadline and not self.timed_out:
                self.timed_out = True
                with contextlib.suppress(ProcessLookupError):  # it may end at this moment
                    os.killpg(self.pid, signal.SIGKILL)
            if self.ended.wait(SAMPLE_SECONDS):
                return

    def stop(self):
        self.ended.set()
        self.join()


def tree(pid):
    """A process and its descendants, as far as they are still there."""
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as children:
                for child in children.read().split():
                    yield from tree(int(child))
    except OSError:
        return


def largest_resident(pid):
    """Bytes; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def cut_off_network():
    """Moves this process and what it will start into a network namespace with
    nothing in it. False where the system does not let us."""
    clone_newnet = 0x40000000
    return ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) == 0
