"""Tables from the record of a comparison, for the terminal and for the README.

Speeds are MB per second of CPU time, user and system. Of a program that got
only a part of a corpus its start-up, measured on an empty folder, is taken off
first; it would count for more there than it does.
"""

LITERAL = "rg-literal"
OWN = "terrier"
FASTER_THAN = ["rg-twenty", "rg-twenty-ascii", "kingfisher"]
NOTHING = "nothing"


def find(record, corpus, program):
    for run in record["runs"]:
        if (run["corpus"], run["program"]) == (corpus, program) and run["rounds"]:
            return run
    return None


def seconds_per_mb(record, corpus, program):
    run = find(record, corpus, program)
    if not run or not run["bytes"]:
        return None
    cpu = run["cpu"]
    if run["part"] and (start := find(record, NOTHING, program)):
        cpu = max(cpu - start["cpu"], 0.001)
    return cpu / run["bytes"] * 1e6


def speed(record, corpus, program):
    pace = seconds_per_mb(record, corpus, program)
    return 1 / pace if pace else None


def ratio(record, corpus, above, below):
    """CPU time of `above` over that of `below`, for the same bytes."""
    above, below = seconds_per_mb(record, corpus, above), seconds_per_mb(record, corpus, below)
    return above / below if above and below else None


def number(value):
    if not value:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def header(record):
    machine = record["machine"]
    network = "cut off" if record["network_cut_off"] else "reachable, programs told not to use it"
    return (
        f"{record['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"commit {record['commit']}, seed {record['seed']}, best of {record['rounds']}, network {network}"
    )


def print_corpus(record, corpus):
    """All programs on one corpus."""
    about = record["corpora"][corpus]
    remark = f" ({about['remark']})" if about["remark"] else ""
    print(f"\n{corpus}: {about['what']}, {about['bytes'] / 1e6:,.0f} MB in {about['files']:,} files{remark}")
    titles = ["MB/s", "CPU s", "wall s", "peak MB", "× literal", "÷ twenty", "÷ ascii"]
    print(f"  {'':16}" + "".join(f"{title:>10}" for title in titles))
    for run in record["runs"]:
        if run["corpus"] != corpus:
            continue
        program = run["program"]
        if not run["rounds"]:
            print(f"  {program:16}  {run['remark']}")
            continue
        cells = [
            number(speed(record, corpus, program)),
            f"{run['cpu']:.3f}",
            f"{run['wall']:.3f}",
            number(run["peak"] / 1e6),
            number(ratio(record, corpus, program, LITERAL)),
            number(ratio(record, corpus, "rg-twenty", program)),
            number(ratio(record, corpus, "rg-twenty-ascii", program)),
        ]
        print(f"  {program:16}" + "".join(f"{cell:>10}" for cell in cells) + f"  {run['remark']}")


LEGEND = """
MB/s          per second of CPU time
× literal     times the CPU time of ripgrep with one absent literal
÷ twenty      times as fast as ripgrep with twenty patterns; ascii: with --no-unicode"""


LOOP = "compute-loop"


def scaling(record):
    """Rows: corpus, program, threads, wall-clock seconds with one and with more
    threads, gain, share of what the compute loop gained in the same rounds."""
    wall = {(run["corpus"], run["program"], run["threads"]): run["wall"] for run in record["scaling"] if run["rounds"]}
    for (corpus, program, threads), several in wall.items():
        single = wall.get((corpus, program, 1))
        if threads > 1 and single:
            loop = wall[corpus, LOOP, 1] / wall[corpus, LOOP, threads]
            gain = single / several
            yield corpus, program, threads, single, several, gain, gain / loop


def print_scaling(record):
    if not record["scaling"]:
        return
    print("\nWall-clock seconds with one thread and with more, the gain, and its share of the compute loop's")
    print(f"  {'':16}{'':16}" + "".join(f"{title:>10}" for title in ("threads", "one", "more", "gain", "share")))
    for corpus, program, threads, single, several, gain, share in scaling(record):
        print(f"  {corpus:16}{program:16}{threads:10}{single:10.3f}{several:10.3f}{gain:10.2f}{share:10.0%}")


def markdown(record):
    """The figures of the README."""
    programs = list(record["programs"])
    corpora = [name for name in record["corpora"] if name != NOTHING]
    out = [header(record) + ".", ""]
    out += row(["corpus", "MB", "terrier MB/s", "peak MB", "× `rg` literal"] + [f"÷ {name}" for name in FASTER_THAN])
    out += row(["---"] * (5 + len(FASTER_THAN)))
    for corpus in corpora:
        run = find(record, corpus, OWN)
        out += row(
            [corpus, number(record["corpora"][corpus]["bytes"] / 1e6), number(speed(record, corpus, OWN))]
            + [number(run["peak"] / 1e6) if run else "", number(ratio(record, corpus, OWN, LITERAL))]
            + [number(ratio(record, corpus, name, OWN)) for name in FASTER_THAN]
        )
    out += ["", "MB per second of CPU time, one thread:", ""]
    out += row(["corpus", *programs]) + row(["---"] * (1 + len(programs)))
    for corpus in corpora:
        out += row([corpus] + [number(speed(record, corpus, name)) for name in programs])
    start = [find(record, NOTHING, name) for name in programs]
    out += row(["start-up, CPU ms"] + [f"{run['cpu'] * 1000:,.0f}" if run else "" for run in start])
    if record["scaling"]:
        gains = {(corpus, program): gain for corpus, program, _, _, _, gain, _ in scaling(record)}
        scaled = [LOOP, *(name for name in programs if any(program == name for _, program in gains))]
        threads = max(run["threads"] for run in record["scaling"])
        out += ["", f"Times as fast in wall-clock time with {threads} threads as with one:", ""]
        out += row(["corpus", *scaled]) + row(["---"] * (1 + len(scaled)))
        for corpus in corpora:
            out += row([corpus] + [number(gains.get((corpus, name))) for name in scaled])
    out += ["", "Versions: " + "; ".join(f"{name}: {about['version']}" for name, about in record["programs"].items()) + "."]
    for name in programs:
        parts = [run["bytes"] for run in record["runs"] if run["program"] == name and run["part"]]
        if parts:
            out += [f"{name} got at most {number(max(parts) / 1e6)} MB of a corpus."]
    for run in record["runs"]:
        if not run["rounds"]:
            out += [f"{run['program']} on {run['corpus']}: {run['remark']}."]
    out += [f"Not to be had: {'; '.join(record['missing'])}."]
    return "\n".join(out) + "\n"


def row(cells):
    return ["| " + " | ".join(cells) + " |"]
