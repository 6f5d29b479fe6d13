"""The files that are compared on, one folder per corpus, made once and kept.

A corpus is made again when its size, the seed, or the code that makes it has
changed. Beside each folder lies what was made, as JSON.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import texts

MB = 1_000_000
SMALL_FILES = 100_000


@dataclass(frozen=True)
class Corpus:
    name: str
    what: str
    size: int  # MB by default; files for "small-files"
    make: object  # (folder, bytes, seed) -> remark
    on_request: bool = False


@dataclass(frozen=True)
class Made:
    """A corpus on disk."""

    name: str
    folder: Path
    files: int
    size: int  # bytes
    remark: str
    key: str

    @property
    def mb(self):
        return self.size / MB


def prepare(corpus, root, size, seed):
    """Makes the corpus below `root`, or takes the one that is there."""
    sources = b"".join(Path(module).read_bytes() for module in (__file__, texts.__file__))
    key = hashlib.sha256(sources + repr((corpus.name, size, seed)).encode()).hexdigest()[:16]
    folder, note = root / corpus.name, root / f"{corpus.name}.json"
    if note.exists() and folder.exists():
        kept = json.loads(note.read_text())
        if kept["key"] == key:
            return Made(**{**kept, "folder": folder})
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    remark = corpus.make(folder, size, f"{seed}/{corpus.name}") or ""
    files = list(files_below(folder))
    made = Made(corpus.name, folder, len(files), sum(path.stat().st_size for path in files), remark, key)
    note.write_text(json.dumps({**asdict(made), "folder": corpus.name}, indent=1))
    return made


def part(made, root, size):
    """A part of a corpus for slow programs: of few files the beginning of
    each, of many files every n-th."""
    if made.size <= size:
        return made
    folder = root / f"part-{size // 1000}k" / made.name
    note = folder.with_suffix(".key")
    if not (note.exists() and note.read_text() == made.key):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = list(files_below(made.folder))
        step = max(1, min(made.size // size, len(files) // 8))
        chosen = files[::step]
        left = size
        for place, path in enumerate(chosen):
            if left <= 0:
                break
            # Spreadsheets cannot be cut.
            whole = path.suffix == ".xlsx"
            share = path.stat().st_size if whole else max(4096, left // (len(chosen) - place))
            target = folder / path.relative_to(made.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "rb") as source:
                left -= target.write_bytes(source.read(share))
        note.write_text(made.key)
    files = list(files_below(folder))
    return Made(made.name, folder, len(files), sum(path.stat().st_size for path in files), made.remark, made.key)


def files_below(folder):
    for path, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(path, name)


def write(path, size, make, header=""):
    """Fills a file with what `make` gives, up to `size` bytes and the end of a line."""
    with open(path, "wb", buffering=0) as out:
        written = out.write(header.encode())
        while written < size:
            pieces, length = [], 0
            while length < min(MB, size - written):
                pieces.append(make())
                length += len(pieces[-1])
            written += out.write("".join(pieces).encode())


def one_file(name, maker, header=""):
    return lambda folder, size, seed: write(folder / name, size, maker(random.Random(seed)), header)


def two_files(first, first_maker, second, second_maker):
    def make(folder, size, seed):
        write(folder / first, size // 2, first_maker(random.Random(seed)))
        write(folder / second, size // 2, second_maker(random.Random(seed)))

    return make


def scripts(folder, size, seed):
    """Bundles of 512 kB, one line each."""
    make = texts.minified(random.Random(seed))
    for number in range(max(1, size // 512_000)):
        write(folder / f"chunk-{number:04d}.min.js", min(size, 512_000), make)


def long_line(folder, size, seed):
    sentence = texts.prose(random.Random(seed))
    write(folder / "line.txt", size, lambda: sentence().replace("\n", " "))


def small_files(folder, count, seed):
    """`count` files of 0.2 to 4 kB, a hundred a folder: code, and of each other
    kind some. They are cut from texts that are made once."""
    chance = random.Random(seed)
    kinds = [
        ("rs", texts.code, 6),
        ("md", texts.prose, 2),
        ("log", texts.app_log, 1),
        ("jsonl", texts.json_lines, 1),
    ]
    texts_by_ending = []
    for ending, maker, weight in kinds:
        make = maker(chance)
        lines = [make() for _ in range(20_000)]
        texts_by_ending += [(ending, lines)] * weight
    for number in range(count):
        ending, lines = chance.choice(texts_by_ending)
        length = 200 + texts.below(chance, 3800)
        start, content = texts.below(chance, len(lines) - 400), []
        while length > 0:
            content.append(lines[start])
            length -= len(lines[start])
            start += 1
        inside = folder / f"{number // 10_000:02d}" / f"{number // 100 % 100:02d}"
        if number % 100 == 0:
            inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{number % 100:02d}.{ending}").write_text("".join(content))
    return f"{count} files"


SHEET_ROWS = 5000


def workbooks(folder, size, seed):
    """Spreadsheets of 5,000 persons, as small as xlsx may be."""
    chance = random.Random(seed)
    written = number = 0
    while written < size:
        path = folder / f"staff-{number:03d}.xlsx"
        workbook(path, chance)
        written += path.stat().st_size
        number += 1


def workbook(path, chance):
    strings, rows = {}, []
    titles = ["Id", "Name", "E-mail", "Phone", "Date of birth", "SSN", "Card number"]
    for number in range(SHEET_ROWS):
        cells = titles if number == 0 else [str(number), *texts.person(chance), texts.card(chance)]
        row = "".join(f'<c t="s"><v>{strings.setdefault(cell, len(strings))}</v></c>' for cell in cells)
        rows.append(f"<row>{row}</row>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">'
        '<sheets><sheet name="Staff" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si><t>{text}</t></si>" for text in strings)}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # A fixed time, so that the same seed gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


# Fetched when the sources of the crates that cargo has at hand do not fill the
# corpus: other languages, in versions that do not change.
WHEELS = ["django==5.1.4", "sympy==1.13.3", "transformers==4.47.1", "ansible==11.1.0"]
NPM_PACKAGES = ["typescript@5.7.2", "three@0.171.0", "date-fns@4.1.0", "rxjs@7.8.1", "echarts@5.5.1"]


def source_code(folder, size, _seed):
    """Package sources: crates up to half the size, then packages of other
    languages, then more crates. Binary files are left out: no program reads
    them to the end."""
    cargo = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    crates = sorted(cargo.glob("registry/src/*/*"), key=lambda path: path.name)
    filled, shares = 0, {}

    def take(kind, source, limit):
        nonlocal filled
        target = folder / kind / source.name
        if filled >= limit or target.exists():
            return
        copied = copy_texts(source, target)
        filled += copied
        shares[kind] = shares.get(kind, 0) + copied

    for crate in crates:
        take("crates.io", crate, size // 2)
    with tempfile.TemporaryDirectory() as scratch:
        for kind, name, fetch in [("pypi", wheel, fetch_wheel) for wheel in WHEELS] + [
            ("npm", package, fetch_npm) for package in NPM_PACKAGES
        ]:
            if filled < size and (fetched := fetch(name, Path(scratch))):
                take(kind, fetched, size)
    for crate in crates:
        take("crates.io", crate, size)
    return ", ".join(f"{kind} {share // MB} MB" for kind, share in shares.items())


def copy_texts(source, target):
    copied = 0
    for path in files_below(source):
        if path.is_symlink() or ".git" in path.parts or path.name.endswith((".map", ".min.js")):
            continue
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        copied += to.write_bytes(content)
    return copied


def fetch_wheel(name, scratch):
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(scratch)]
    if subprocess.run([sys.executable, "-m", "pip", "download", *options, name]).returncode:
        return None
    archive = next(scratch.glob("*.whl"))
    return unpack(archive, zipfile.ZipFile(archive).extractall, scratch / name)


def fetch_npm(name, scratch):
    options = ["--silent", "--pack-destination", str(scratch)]
    if not shutil.which("npm") or subprocess.run(["npm", "pack", *options, name], stdout=subprocess.DEVNULL).returncode:
        return None
    archive = next(scratch.glob("*.tgz"))
    return unpack(archive, lambda to: tarfile.open(archive).extractall(to, filter="data"), scratch / name)


def unpack(archive, extract, to):
    extract(to)
    archive.unlink()
    return to


ALL = [
    Corpus("code", "source code of packages", 400, source_code),
    Corpus(
        "logs",
        "an access log and a service log",
        200,
        two_files("access.log", texts.access_log, "app.log", texts.app_log),
    ),
    Corpus(
        "people",
        "a CSV export, personal data in every field",
        100,
        one_file("customers.csv", texts.people_csv, texts.PEOPLE_HEADER),
    ),
    Corpus(
        "numbers",
        "a CSV of 24 columns of figures",
        150,
        one_file("measures.csv", texts.numbers_csv, texts.NUMBERS_HEADER),
    ),
    Corpus(
        "sql",
        "dumps: COPY of persons, INSERT of orders",
        150,
        two_files("customers.sql", texts.sql_copy, "orders.sql", texts.sql_insert),
    ),
    Corpus("jsonl", "events as JSON Lines", 150, one_file("events.jsonl", texts.json_lines)),
    Corpus("digits", "runs of 4 to 20 digits", 100, one_file("digits.txt", texts.digits)),
    Corpus(
        "hex-base64",
        "checksums and encoded bytes",
        150,
        two_files("sums.txt", texts.hex_lines, "mail.b64", texts.base64_lines),
    ),
    Corpus("minified", "scripts of one line each", 100, scripts),
    Corpus("prose", "running text", 150, one_file("book.txt", texts.prose)),
    Corpus("small-files", "files of 0.2 to 4 kB", SMALL_FILES, small_files),
    Corpus("office", "spreadsheets", 20, workbooks),
    Corpus("huge-file", "one log of 5 GB", 5000, one_file("app.log", texts.app_log), on_request=True),
    Corpus("huge-line", "one line of 2 GB", 2000, long_line, on_request=True),
]
