"""Documents of data: letters, forms, tables, configuration, logs, code.

Every shape takes a language, the types that its documents may hold and a
random number generator, and mixes personal data with at least as much noise.
"""

import html
import json
import tomllib
from datetime import timedelta

import noise
from documents import Document, Item
from people import person
from values import HERE, draw, load_types

WORDS = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
TYPES = load_types()
BY_LANGUAGE = {language: [t for t in TYPES if t.language == language] for language in WORDS}
# Values of letters that say nothing out of a field or a form.
ONLY_NAMED = {"age", "gender", "nationality", "religion", "race_ethnicity", "salary"}


def true_item(kind, rng):
    return Item(rng.choice(kind.labels), rng.choice(kind.keys), draw(kind, rng), kind.id, frozenset(kind.also))


def noise_item(words, rng):
    """Noise under a label of the language."""
    return noise.one(rng, rng.choice(words["noise"]))


def pick(language, rng, most, text=False):
    kinds = [k for k in BY_LANGUAGE[language] if not (text and k.id in ONLY_NAMED)]
    if language != "en" and rng.random() < 0.15:
        kinds = kinds + [k for k in BY_LANGUAGE["en"] if not k.forms and not (text and k.id in ONLY_NAMED)]
    return rng.sample(kinds, min(len(kinds), rng.randrange(1, most + 1)))


def record(language, rng, most=4, text=False):
    """A person with some numbers, and noise, in random order."""
    words = WORDS[language]
    about = person(rng.choice(words["locales"]), words["person"], rng)
    about = rng.sample(about, rng.randrange(1, 4))
    items = about + [true_item(kind, rng) for kind in pick(language, rng, most, text)]
    items += [noise_item(words, rng) if rng.random() < 0.6 else noise.one(rng) for _ in range(len(items) + rng.randrange(3))]
    rng.shuffle(items)
    return items


def table(language, rng):
    """Columns, and rows of items that stay in them."""
    words = WORDS[language]
    kinds = pick(language, rng, 4)
    named = [(rng.choice(kind.labels), rng.choice(kind.keys), kind) for kind in kinds]
    columns = [noise.column(rng) for _ in range(len(kinds) + 3)]
    places = rng.sample(range(4), rng.randrange(1, 4))
    keys = {}
    rows = []
    for _ in range(rng.randrange(6, 16)):
        row = [person(rng.choice(words["locales"]), words["person"], rng)[place] for place in places]
        row += [Item(label, key, draw(kind, rng), kind.id, frozenset(kind.also)) for label, key, kind in named]
        row += [column() for column in columns]
        for place, item in enumerate(row):
            item.label, item.key = keys.setdefault(place, (item.label, item.key if item.key not in {k for _, k in keys.values()} else f"{item.key}_{place}"))
        rows.append(row)
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    return [[row[place] for place in order] for row in rows]


def headings(rows, rng):
    """Columns are called in English, or in the language of the office."""
    local = rng.random() < 0.35
    return [item.label if local else item.key for item in rows[0]]


def sentences(language, items, rng):
    words = WORDS[language]
    lines = []
    for item in items:
        if item.type in ("person_name", "address"):
            item.optional = True
        lines.append(rng.choice(words["say"]).replace("{label}", item.label).replace("{value}", item.value))
        if rng.random() < 0.4:
            lines.append(rng.choice(words["filler"]))
        if rng.random() < 0.15:
            remark = noise.homonym(rng)
            items.append(Item("", "", remark, None, kind="homonym"))
            lines.append(remark + ".")
            break
    return lines, items


def prose(language, rng):
    items = record(language, rng, 3, text=True)
    lines, _ = sentences(language, list(items), rng)
    text, used = "", []
    for line in lines:
        text += line + ("\n" if rng.random() < 0.3 else "\n\n" if rng.random() < 0.2 else " ")
    return text, [item for item in items if item.value in text]


def letter(language, rng):
    words = WORDS[language]
    text, items = prose(language, rng)
    return f"{words['greeting']}\n\n{text}\n\n{words['closing']}\n", items


def mail(language, rng):
    words = WORDS[language]
    who = person(rng.choice(words["locales"]), words["person"], rng)
    who[0].optional = True
    text, items = letter(language, rng)
    day = noise.moment(rng)
    head = f"From: {who[0].value} <{who[1].value}>\nTo: service\nDate: {day:%a, %d %b %Y %H:%M:%S} +0000\nSubject: {rng.choice(words['noise'])} {noise.digits(rng, 8)}\nMessage-ID: <{day:%Y%m%d%H%M%S}.{noise.some(rng, noise.UPPER, 8)}@mail.invalid>\n\n"
    return head + text, who[:2] + items


def chat(language, rng):
    items = record(language, rng, 3, text=True)
    lines, _ = sentences(language, list(items), rng)
    at = noise.moment(rng)
    out = []
    for n, line in enumerate(lines):
        at += timedelta(seconds=rng.randrange(5, 300))
        out.append(f"[{at:%Y-%m-%d %H:%M:%S}] {'agent' if n % 2 else 'guest'}: {line}")
    text = "\n".join(out)
    return text + "\n", [item for item in items if item.value in text]


def form(language, rng):
    items = record(language, rng)
    separator = rng.choice([": ", ":\t", " : ", " .......... ", "\t", " = ", " | "])
    return "".join(f"{item.label}{separator}{item.value}\n" for item in items), items


def form_below(language, rng):
    items = record(language, rng)
    gap = rng.choice(["\n", ":\n", ":\n  ", "\n\n"])
    return "".join(f"{item.label}{gap}{item.value}\n\n" for item in items), items


def as_json(language, rng):
    items = {item.key: item for item in record(language, rng)}
    flat = {item.key: item.value for item in items.values()}
    keys = list(flat)
    inner = {key: flat.pop(key) for key in keys[len(keys) // 2 :]}
    whole = {**flat, rng.choice(["customer", "profile", "data", "payload"]): inner}
    return json.dumps(whole, ensure_ascii=False, indent=rng.choice([None, 2])) + "\n", list(items.values())


def all_items(rows):
    return [item for row in rows for item in row]


def json_lines(language, rng):
    rows = table(language, rng)
    names = headings(rows, rng)
    return "".join(json.dumps(dict(zip(names, (i.value for i in row))), ensure_ascii=False) + "\n" for row in rows), all_items(rows)


def cell(value, separator):
    return '"' + value.replace('"', '""') + '"' if separator in value or '"' in value else value


def csv_file(language, rng, head=True):
    rows = table(language, rng)
    separator = rng.choice([",", ";", "\t"])
    lines = [headings(rows, rng)] if head else []
    lines += [[item.value for item in row] for row in rows]
    if not head:
        for item in all_items(rows):
            item.optional = item.type in ONLY_NAMED or item.type in ("person_name", "address", "date_of_birth")
    return "".join(separator.join(cell(value, separator) for value in line) + "\n" for line in lines), all_items(rows)


def csv_bare(language, rng):
    return csv_file(language, rng, head=False)


def sql(language, rng):
    rows = table(language, rng)
    names = ", ".join(item.key for item in rows[0])
    tuples = ["(" + ", ".join("'" + item.value.replace("'", "''") + "'" for item in row) + ")" for row in rows]
    name = rng.choice(["customers", "crm_contacts", "accounts", "import_2024"])
    return f"INSERT INTO {name} ({names}) VALUES\n" + ",\n".join(tuples) + ";\n", all_items(rows)


def yaml(language, rng):
    items = {item.key: item for item in record(language, rng)}.values()
    lines = ["customer:\n"]
    lines += [f"  {item.key}: {json.dumps(item.value, ensure_ascii=False) if rng.random() < 0.7 or ':' in item.value else item.value}\n" for item in items]
    return "".join(lines), list(items)


def env(language, rng):
    items = {item.key: item for item in record(language, rng)}.values()
    return "".join(f"SEED_{item.key.upper()}={json.dumps(item.value, ensure_ascii=False) if ' ' in item.value else item.value}\n" for item in items), list(items)


def html_table(language, rng):
    rows = table(language, rng)
    line = lambda values, tag: "<tr>" + "".join(f"<{tag}>{html.escape(v, quote=False)}</{tag}>" for v in values) + "</tr>\n"
    body = line(headings(rows, rng), "th") + "".join(line((i.value for i in row), "td") for row in rows)
    return f"<html><body><table>\n{body}</table></body></html>\n", all_items(rows)


def xml(language, rng):
    items = {item.key: item for item in record(language, rng)}.values()
    body = "".join(f"  <{item.key}>{html.escape(item.value, quote=False)}</{item.key}>\n" for item in items)
    return f"<?xml version=\"1.0\"?>\n<customer>\n{body}</customer>\n", list(items)


def markdown(language, rng):
    rows = table(language, rng)
    lines = [headings(rows, rng), ["---"] * len(rows[0])] + [[i.value for i in row] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines), all_items(rows)


def log(language, rng):
    at, lines, items = noise.moment(rng), [], []
    for _ in range(rng.randrange(10, 30)):
        at += timedelta(milliseconds=rng.randrange(10, 60_000))
        some = [noise.one(rng) for _ in range(rng.randrange(1, 4))]
        if rng.random() < 0.25:
            some += [item for item in record(language, rng, 2, text=True) if item.type not in (None, "person_name", "address", "swift_bic")]
        rng.shuffle(some)
        if rng.random() < 0.15:
            some.append(Item("", "msg", noise.homonym(rng), None, kind="homonym"))
        pairs = " ".join(f"{i.key}={json.dumps(i.value, ensure_ascii=False) if ' ' in i.value else i.value}" for i in some)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S.%f}Z {rng.choice(['INFO', 'WARN', 'DEBUG'])} [{rng.randrange(99999)}] svc.{rng.choice(['import', 'billing', 'auth'])} {pairs}\n")
        items += some
    return "".join(lines), items


CODE = {
    "py": ("FIXTURE = {{\n{}}}\n", '    "{k}": "{v}",\n'),
    "js": ("const fixture = {{\n{}}};\n", "  {k}: '{v}',\n"),
    "java": ("class Fixture {{\n{}}}\n", '    static final String {K} = "{v}";\n'),
    "go": ("var fixture = map[string]string{{\n{}}}\n", '\t"{k}": "{v}",\n'),
    "rb": ("FIXTURE = {{\n{}}}\n", '  {k}: "{v}",\n'),
    "cs": ("class Fixture {{\n{}}}\n", '    var {c} = "{v}";\n'),
    "rs": ("fn fixture() -> Customer {{\n{}}}\n", '    customer.{k} = "{v}".into();\n'),
}


def camel(key):
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def code(language, rng):
    items = [i for i in {item.key: item for item in record(language, rng)}.values() if not set(i.value) & set("\"'\\")]
    suffix = rng.choice(list(CODE))
    whole, line = CODE[suffix]
    return suffix, whole.format("".join(line.format(k=i.key, K=i.key.upper(), c=camel(i.key), v=i.value) for i in items)), items


def figures(_language, rng):
    """A table of nothing but figures: the bulk of real files."""
    columns = [noise.column(rng, rng.choice(["count", "ratio", "amount", "id", "epoch", "projected", "ean", "range", "timestamp", "build"])) for _ in range(rng.randrange(4, 10))]
    rows = [[column() for column in columns] for _ in range(60)]
    separator = rng.choice([",", "\t", ";"])
    lines = [[item.key for item in rows[0]]] * (rng.random() < 0.7) + [[item.value for item in row] for row in rows]
    return "".join(separator.join(cell(v, separator) for v in line) + "\n" for line in lines), all_items(rows)


def remarks(_language, rng):
    """Prose, code and logs whose words are also names of identifiers."""
    items = [Item("", "", noise.homonym(rng), None, kind="homonym") for _ in range(30)]
    return "".join(rng.choice(["", "# ", "// ", " * "]) + item.value + "\n" for item in items), items


SHAPES = {
    "letter": (letter, "txt"),
    "mail": (mail, "eml"),
    "chat": (chat, "txt"),
    "form": (form, "txt"),
    "form, value below": (form_below, "txt"),
    "json": (as_json, "json"),
    "json lines": (json_lines, "jsonl"),
    "csv": (csv_file, "csv"),
    "csv, no header": (csv_bare, "csv"),
    "sql": (sql, "sql"),
    "yaml": (yaml, "yaml"),
    "env": (env, "env"),
    "html": (html_table, "html"),
    "xml": (xml, "xml"),
    "markdown": (markdown, "md"),
    "log": (log, "log"),
    "code": (code, ""),
    "figures": (figures, "csv"),
    "remarks": (remarks, "txt"),
}


def documents(count, rng):
    """Every shape and language in turn."""
    languages = [language for language in WORDS for _ in range(max(1, len(BY_LANGUAGE[language]) // 3))]
    for number in range(count):
        shape = list(SHAPES)[number % len(SHAPES)]
        make, suffix = SHAPES[shape]
        parts = make(rng.choice(languages), rng)
        if suffix == "":
            suffix, *parts = parts
        yield Document(f"data/{number:05}.{suffix}", shape, *parts)
