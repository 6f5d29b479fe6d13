//! Texts to scan, made from a fixed seed: the kinds that a tree consists of,
//! and those that are hardest on an engine that looks for numbers and tokens.

use std::fmt::Write as _;

/// A name and what makes the text.
#[derive(Clone, Copy)]
pub(crate) struct Corpus {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Random, &mut String),
}

impl std::fmt::Display for Corpus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Corpus {
    /// `size` bytes of it, up to the end of a line; the same in every run.
    pub(crate) fn text(self, size: usize) -> String {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let mut text = String::with_capacity(size + 4096);
        while text.len() < size {
            (self.make)(&mut random, &mut text);
        }
        text
    }
}

/// Every corpus. Each function adds a line or a few.
pub(crate) const ALL: &[Corpus] = &[
    Corpus {
        name: "source",
        make: source,
    },
    Corpus {
        name: "prose",
        make: prose,
    },
    Corpus {
        name: "logs",
        make: logs,
    },
    Corpus {
        name: "people",
        make: people,
    },
    Corpus {
        name: "numbers",
        make: numbers,
    },
    Corpus {
        name: "digits",
        make: digits,
    },
    Corpus {
        name: "base64",
        make: base64,
    },
    Corpus {
        name: "hex",
        make: hex,
    },
    Corpus {
        name: "minified",
        make: minified,
    },
];

/// Marsaglia's xorshift64*: small, and the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    fn run(&mut self, alphabet: &[u8], count: usize, to: &mut String) {
        to.extend((0..count).map(|_| char::from(alphabet[self.below(alphabet.len())])));
    }
}

const WORDS: &[&str] = &[
    "the", "of", "and", "harbour", "quiet", "letter", "window", "because", "never", "morning", "a",
    "to", "in", "answered", "river", "had", "been", "with", "account", "garden", "phone", "number",
    "which", "slowly", "it", "station", "was", "she", "paper", "between", "their", "market", "old",
    "thought", "address", "snow",
];

const NAMES: &[&str] = &[
    "index", "buffer", "result", "config", "user", "token", "len", "offset", "parser", "state",
    "node", "key", "value", "items", "count", "path", "request", "error", "self", "stream",
    "cache", "field", "id", "handler",
];

fn source(random: &mut Random, out: &mut String) {
    let (a, b, c) = (random.of(NAMES), random.of(NAMES), random.of(NAMES));
    let number = random.below(4096);
    let _ = match random.below(9) {
        0 => writeln!(out, "    let {a}_{b} = {c}.{a}(&{b}, {number})?;"),
        1 => writeln!(out, "    if {a}.{b}() > {number} && !{c}.is_empty() {{"),
        2 => writeln!(
            out,
            "    /// The {} {} of a {a} {}.",
            random.of(WORDS),
            random.of(WORDS),
            random.of(WORDS)
        ),
        3 => writeln!(
            out,
            "    return Err(format!(\"cannot {b} {{}}: {c} {number}\", {a}));"
        ),
        4 => writeln!(out, "}}\n"),
        5 => writeln!(out, "import {{ {a}, {b} }} from \"../{c}/{a}.{b}\";"),
        6 => writeln!(
            out,
            "#define {}_{} 0x{number:04X}u",
            a.to_uppercase(),
            b.to_uppercase()
        ),
        7 => writeln!(
            out,
            "        self.{a}[{b} + {number}] ^= ({c} << {}) & 0xFF;",
            random.below(31)
        ),
        _ => writeln!(
            out,
            "def {a}_{c}({b}, {c}=None):  # {} {}",
            random.of(WORDS),
            random.of(WORDS)
        ),
    };
}

fn prose(random: &mut Random, out: &mut String) {
    for _ in 0..6 + random.below(12) {
        out.push_str(random.of(WORDS));
        out.push(' ');
    }
    out.pop();
    out.push_str(if random.below(5) == 0 { ".\n" } else { ", " });
}

fn logs(random: &mut Random, out: &mut String) {
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let _ = writeln!(
        out,
        "2026-02-{:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z {} [{}-{}] 10.{}.{}.{} GET /v2/{}/{} {} {}ms trace={:016x}",
        1 + random.below(28),
        random.below(1000),
        random.of(&["INFO", "INFO", "DEBUG", "WARN"]),
        random.of(NAMES),
        random.below(16),
        random.below(256),
        random.below(256),
        random.below(256),
        random.of(NAMES),
        random.below(1_000_000),
        random.of(&["200", "200", "304", "404", "500"]),
        random.below(3000),
        random.next(),
    );
}

/// A table of customers: a finding in nearly every field.
fn people(random: &mut Random, out: &mut String) {
    let (first, last) = (random.of(WORDS), random.of(WORDS));
    let _ = writeln!(
        out,
        "{},{first} {last},{first}.{last}@{}-mail.net,(207) 555-{:04},{:02}/{:02}/{},{:03}-{:02}-{:04}",
        random.below(1_000_000),
        random.of(WORDS),
        2000 + random.below(7000),
        1 + random.below(12),
        1 + random.below(28),
        1940 + random.below(65),
        1 + random.below(660),
        1 + random.below(99),
        1 + random.below(9999),
    );
}

fn numbers(random: &mut Random, out: &mut String) {
    let _ = writeln!(
        out,
        "{},{}.{:02},{},{}.{:04},{},{}",
        random.below(1_000_000),
        random.below(100_000),
        random.below(100),
        random.below(1 << 31),
        random.below(10),
        random.below(10_000),
        1_700_000_000 + random.below(90_000_000),
        random.below(1 << 40),
    );
}

/// Nothing but runs of digits, of every length that an identifier has.
fn digits(random: &mut Random, out: &mut String) {
    for _ in 0..8 {
        let count = 4 + random.below(17);
        random.run(b"0123456789", count, out);
        out.push(if random.below(4) == 0 { '-' } else { ' ' });
    }
    out.push('\n');
}

fn base64(random: &mut Random, out: &mut String) {
    random.run(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        76,
        out,
    );
    out.push('\n');
}

fn hex(random: &mut Random, out: &mut String) {
    let count = [32, 40, 64][random.below(3)];
    random.run(b"0123456789abcdef", count, out);
    out.push_str("  ");
    out.push_str(random.of(NAMES));
    out.push('\n');
}

/// A script as bundlers write it: short names, hashes, lines that end late.
fn minified(random: &mut Random, out: &mut String) {
    for _ in 0..200 {
        let [a, b, c] = [(); 3].map(|()| char::from(b'a' + random.below(26) as u8));
        let (name, number) = (random.of(NAMES), random.below(100_000));
        let _ = match random.below(4) {
            0 => write!(
                out,
                "function {a}({b},{c}){{return {b}.{name}({c})||{c}[{number}]}}"
            ),
            1 => write!(out, "var {a}={b}({number}),{c}=void 0;"),
            2 => write!(
                out,
                "{a}.exports={{{b}:\"{name}-{:08x}\",{c}:!0}};",
                random.below(1 << 32)
            ),
            _ => write!(
                out,
                "if({a}!=={b}&&{c}.{name}>.{number})throw Error({});",
                random.below(600)
            ),
        };
    }
    out.push('\n');
}
