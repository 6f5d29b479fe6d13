//! Validators as they are written in detector files: which algorithm, on
//! which part of the value, with which weights and tables.
//!
//! Only shapes live here; the algorithms are in `detect::validate`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A validator: every kind is one algorithm, its parameters are data.
///
/// Values are normalised before they are checked: by default everything but
/// ASCII letters and digits is dropped and letters are upper-cased; see
/// `normalise` in [`super::spec::ReportSpec`]. `slice` picks characters of
/// the normalised value; without it the check sees all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// Mod 10, doubling every second digit from the right (ISO/IEC 7812-1
    /// annex B). Letters are expanded to two digits (A = 10) as ISIN does.
    Luhn {
        #[serde(default)]
        slice: Option<Slice>,
        /// Digits put in front before the sum (`80840` for US NPI).
        #[serde(default)]
        prefix: String,
    },
    /// Luhn mod N over an alphabet of N characters.
    LuhnModN {
        #[serde(default)]
        slice: Option<Slice>,
        alphabet: String,
    },
    /// Dihedral group D5.
    Verhoeff {
        #[serde(default)]
        slice: Option<Slice>,
    },
    /// ISO 7064 pure and hybrid systems; the check characters stand last.
    Iso7064 {
        #[serde(default)]
        slice: Option<Slice>,
        system: Iso7064,
    },
    /// Sum of weight times value, modulo `modulus`. The workhorse: about sixty
    /// national numbers differ only in weights, modulus and result table.
    Weighted {
        #[serde(default)]
        slice: Option<Slice>,
        /// One weight a character, from the left; shorter values than weights
        /// leave the last weights unused, longer ones fail unless `cycle`.
        weights: Vec<i32>,
        /// Repeat the weights as often as needed.
        #[serde(default)]
        cycle: bool,
        /// Assign the weights from the right end of the slice.
        #[serde(default)]
        from_right: bool,
        modulus: u32,
        /// Character expected for each remainder, `modulus` of them; `-` marks
        /// a remainder that no valid number has.
        #[serde(default)]
        table: Option<String>,
        /// Where the expected character stands in the whole normalised value:
        /// a slice of one. With `table`.
        #[serde(default)]
        check: Option<Slice>,
        /// The remainder a valid number has, when there is no `table`.
        #[serde(default)]
        remainder: u32,
        /// Values of non-digit characters by their place in this string
        /// (`"0123456789ABC…"`: A = 10). Digits have their own value when it
        /// is absent; any other character fails.
        #[serde(default)]
        alphabet: Option<String>,
        /// Characters replaced by strings before weighting (`A = "01"`).
        #[serde(default)]
        expand: BTreeMap<String, String>,
        /// Add the decimal digits of each product instead of the product.
        #[serde(default)]
        digit_sums: bool,
        /// Left-pad the slice to this many characters first.
        #[serde(default)]
        pad_to: usize,
        /// With what (default `0`).
        #[serde(default)]
        pad_with: Option<char>,
    },
    /// The slice read as one decimal number, modulo `modulus`.
    Modulus {
        #[serde(default)]
        slice: Option<Slice>,
        modulus: u64,
        /// Strings replaced in the slice first, in order (`["2A", "19"]`).
        #[serde(default)]
        replace: Vec<(String, String)>,
        /// Put in front of the slice; any of them may fit.
        #[serde(default)]
        prefixes: Vec<String>,
        /// Character expected for each remainder.
        #[serde(default)]
        table: Option<String>,
        /// Compare `modulus - remainder` instead of the remainder.
        #[serde(default)]
        complement: bool,
        /// Where the check characters stand in the whole normalised value:
        /// compared with the table's character, else as a decimal number.
        /// Without it the number must leave `remainder`.
        #[serde(default)]
        check: Option<Slice>,
        #[serde(default)]
        remainder: u64,
    },
    /// A calendar date inside the value.
    Date {
        /// Two or four digits.
        year: Slice,
        month: Slice,
        day: Slice,
        /// Subtracted from the month when it is larger (`[20, 40, 50, 60, 80]`).
        #[serde(default)]
        month_offsets: Vec<u32>,
        /// Subtracted from the day when it is larger (`[40, 60]`).
        #[serde(default)]
        day_offsets: Vec<u32>,
        /// Refuse dates after the build's catalogue date and more than this
        /// many years before it (0: any). Two-digit years fit either century.
        #[serde(default)]
        max_age: u32,
    },
    /// A written date in any common order and with any separator, for birth
    /// dates: a real day, not in the future, at most `max_age` years ago.
    AnyDate {
        #[serde(default)]
        max_age: u32,
    },
    /// IBAN: ISO 7064 mod 97-10 after rotation, and the length and BBAN
    /// structure of its country. Structures are written as in the registry
    /// without `!`: `4n4n12c` (n digits, a upper-case letters, c either).
    Iban {
        structures: BTreeMap<String, String>,
    },
    /// The value starts with one of the prefixes and has a length that goes
    /// with it: issuer ranges of payment cards, country codes of phone numbers.
    PrefixLength { ranges: Vec<PrefixRange> },
    /// Base58 with a four-byte double-SHA-256 check (Bitcoin and its kin).
    Base58check {
        /// Accepted leading version bytes, as hex; empty accepts all.
        #[serde(default)]
        versions: Vec<String>,
        /// Accepted lengths of the payload after the version, in bytes.
        #[serde(default)]
        payload: Vec<usize>,
    },
    /// BIP-173 Bech32 and BIP-350 Bech32m.
    Bech32 { hrp: Vec<String> },
    /// EIP-55 mixed-case Keccak-256 check. One-case addresses carry no check
    /// and fail.
    Eip55,
    /// CRC-32 (IEEE) of `slice` written in base 62 (0-9A-Za-z), left-padded
    /// with zeros, at `check`.
    Crc32Base62 { slice: Slice, check: Slice },
    /// CRC-32 (IEEE) of `slice` as upper- or lower-case hex at `check`.
    Crc32Hex { slice: Slice, check: Slice },
    /// Decodes as base64 (standard or URL alphabet, padding optional) to
    /// between `min` and `max` bytes that satisfy `holds`.
    Base64 {
        #[serde(default)]
        slice: Option<Slice>,
        #[serde(default)]
        min: usize,
        #[serde(default)]
        max: Option<usize>,
        #[serde(default)]
        holds: DecodedShape,
    },
    /// At least this much Shannon entropy, in bits per character.
    Entropy {
        #[serde(default)]
        slice: Option<Slice>,
        min: f32,
    },
    /// Between `min` and `max` characters.
    Length {
        #[serde(default)]
        slice: Option<Slice>,
        #[serde(default)]
        min: usize,
        #[serde(default)]
        max: Option<usize>,
    },
    /// The slice is none of these.
    NotIn {
        #[serde(default)]
        slice: Option<Slice>,
        values: Vec<String>,
    },
    /// The slice is one of these.
    In {
        #[serde(default)]
        slice: Option<Slice>,
        values: Vec<String>,
    },
    /// The slice is in none of these ranges of equal-length strings (`"000"`, `"900-999"`).
    NotInRanges {
        #[serde(default)]
        slice: Option<Slice>,
        ranges: Vec<String>,
    },
    /// The slice is in one of these ranges.
    InRanges {
        #[serde(default)]
        slice: Option<Slice>,
        ranges: Vec<String>,
    },
    /// Has at least this many of each class: what tells a generated token from a word.
    Classes {
        #[serde(default)]
        digits: usize,
        #[serde(default)]
        upper: usize,
        #[serde(default)]
        lower: usize,
    },
    /// What no kernel can express: a function in `detect::validate::custom`.
    Custom { name: String },
    /// All of these hold.
    All { checks: Vec<Check> },
    /// At least one of these holds.
    Any { checks: Vec<Check> },
    /// This does not hold.
    Not { check: Box<Check> },
}

/// Check systems of ISO 7064.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Iso7064 {
    Mod11_2,
    Mod37_2,
    Mod97_10,
    Mod661_26,
    Mod11_10,
    Mod27_26,
    Mod37_36,
}

/// What decoded base64 must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecodedShape {
    /// Anything.
    #[default]
    Any,
    /// Printable text with a colon that is neither first nor last: `user:password`.
    UserPassword,
    /// A JSON object.
    JsonObject,
}

/// A prefix or a range of equal-length prefixes (`"51-55"`), and the total
/// lengths that go with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrefixRange {
    pub prefix: String,
    pub lengths: Vec<usize>,
}

/// Characters of a value: comma-separated half-open ranges (`"0..6,7..10"`)
/// or single places (`"8"`); ends may be left open and may count from the
/// right (`"-10.."`, `"..-1"`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slice(Vec<(i32, Option<i32>)>);

impl Slice {
    /// The chosen characters of `value`; `None` when it is too short.
    pub fn of(&self, value: &str) -> Option<String> {
        let len = value.chars().count() as i32;
        let place = |at: i32| if at < 0 { at + len } else { at };
        let mut chosen = String::new();
        for &(start, end) in &self.0 {
            let (start, end) = (place(start), end.map_or(len, place));
            if start < 0 || start > end || end > len {
                return None;
            }
            chosen.extend(value.chars().skip(start as usize).take((end - start) as usize));
        }
        Some(chosen)
    }
}

impl TryFrom<String> for Slice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no slice: write \"0..3\", \"8\", \"-4..\" or \"0..6,7..10\"");
        let number = |s: &str| s.trim().parse::<i32>().map_err(|_| wrong());
        let mut parts = Vec::new();
        for part in text.split(',') {
            parts.push(match part.split_once("..") {
                Some((start, end)) => {
                    let start = if start.trim().is_empty() { 0 } else { number(start)? };
                    let end = if end.trim().is_empty() { None } else { Some(number(end)?) };
                    (start, end)
                }
                None => {
                    let at = number(part)?;
                    (at, if at == -1 { None } else { Some(at + 1) })
                }
            });
        }
        Ok(Slice(parts))
    }
}

impl From<Slice> for String {
    fn from(slice: Slice) -> String {
        let parts: Vec<String> = slice
            .0
            .iter()
            .map(|(start, end)| match end {
                Some(end) => format!("{start}..{end}"),
                None => format!("{start}.."),
            })
            .collect();
        parts.join(",")
    }
}
