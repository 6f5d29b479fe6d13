//! Validators as they are written in detector files: which algorithm, on
//! which part of the value, with which weights and tables.
//!
//! Only shapes live here; the algorithms are in `detect::validate`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::slice::Slice;

/// A validator: every kind is one algorithm, its parameters are data.
///
/// Values are normalised before they are checked: by default everything but
/// ASCII letters and digits is dropped and letters are upper-cased; see
/// `normalise` in [`super::spec::ReportSpec`]. `slice` picks characters of
/// the normalised value; without it the check sees all of it. A value that is
/// too short for a slice fails the check, whatever the check is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// Mod 10, doubling every second digit from the right (ISO/IEC 7812-1
    /// annex B). Letters are expanded to two digits (A = 10) as ISIN does.
    Luhn {
        /// What is summed.
        #[serde(default)]
        slice: Option<Slice>,
        /// Digits put in front before the sum (`80840` for US NPI).
        #[serde(default)]
        prefix: String,
    },
    /// Luhn mod N over an alphabet of N characters; the check character
    /// stands last.
    LuhnModN {
        /// What is summed.
        #[serde(default)]
        slice: Option<Slice>,
        /// The characters in the order of their values.
        alphabet: String,
    },
    /// Verhoeff's check over the dihedral group D5; the check digit stands
    /// last.
    Verhoeff {
        /// The digits that are checked.
        #[serde(default)]
        slice: Option<Slice>,
    },
    /// ISO 7064 pure and hybrid systems; the check characters stand last.
    Iso7064 {
        /// The characters that are checked.
        #[serde(default)]
        slice: Option<Slice>,
        /// Which of the seven.
        system: Iso7064,
    },
    /// Sum of weight times value, modulo a number.
    Weighted(Box<Weighted>),
    /// The slice read as one decimal number, modulo a number.
    Modulus(Box<Modulus>),
    /// A calendar date inside the value.
    Date(Box<DateFields>),
    /// A written date in any common order and with any separator, for birth
    /// dates: a real day, not in the future, at most `max_age` years ago.
    /// Looks at the value as it stands.
    AnyDate {
        /// In years; 0: any day of any year.
        #[serde(default)]
        max_age: u32,
    },
    /// IBAN: ISO 7064 mod 97-10 after rotation, and the length and BBAN
    /// structure of its country.
    Iban {
        /// Country code to the structure of what follows the check digits,
        /// written as in the registry without `!`: `4n4n12c` (n digits, a
        /// upper-case letters, c either).
        structures: BTreeMap<String, String>,
    },
    /// The value starts with one of the prefixes and has a length that goes
    /// with it: issuer ranges of payment cards, country codes of phone numbers.
    PrefixLength {
        /// The ranges; any of them may fit.
        ranges: Vec<PrefixRange>,
    },
    /// Base58 with a four-byte double-SHA-256 check (Bitcoin and its kin).
    Base58check {
        /// Accepted leading version bytes, as hex; empty accepts any one byte.
        #[serde(default)]
        versions: Vec<String>,
        /// Accepted lengths of the payload after the version, in bytes; empty
        /// accepts all.
        #[serde(default)]
        payload: Vec<usize>,
        /// The 58 characters in the order of their values; Bitcoin's if absent.
        #[serde(default)]
        alphabet: Option<String>,
    },
    /// BIP-173 Bech32 and BIP-350 Bech32m.
    Bech32 {
        /// Accepted human-readable parts, in lower case.
        hrp: Vec<String>,
        /// Also the rules for witness programs: their length, and which of the
        /// two checks goes with the version.
        #[serde(default)]
        segwit: bool,
    },
    /// EIP-55 mixed-case Keccak-256 check. One-case addresses carry no check
    /// and fail. Looks at the value as it stands.
    Eip55,
    /// CRC-32 (IEEE) of `slice` written in base 62 (0-9A-Za-z), left-padded
    /// with zeros, at `check`.
    Crc32Base62 {
        /// What the sum is taken over.
        slice: Slice,
        /// Where it stands.
        check: Slice,
    },
    /// CRC-32 (IEEE) of `slice` as upper- or lower-case hex at `check`.
    Crc32Hex {
        /// What the sum is taken over.
        slice: Slice,
        /// Where it stands.
        check: Slice,
    },
    /// Decodes as base64 (standard or URL alphabet, padding optional) to
    /// between `min` and `max` bytes that satisfy `holds`.
    Base64 {
        /// What is decoded.
        #[serde(default)]
        slice: Option<Slice>,
        /// Fewest bytes after decoding.
        #[serde(default)]
        min: usize,
        /// Most bytes after decoding.
        #[serde(default)]
        max: Option<usize>,
        /// What the bytes must be.
        #[serde(default)]
        holds: DecodedShape,
    },
    /// At least this much Shannon entropy, in bits per character.
    Entropy {
        /// What is measured.
        #[serde(default)]
        slice: Option<Slice>,
        /// Bits per character.
        min: f32,
    },
    /// Between `min` and `max` characters.
    Length {
        /// What is counted.
        #[serde(default)]
        slice: Option<Slice>,
        /// Fewest characters.
        #[serde(default)]
        min: usize,
        /// Most characters.
        #[serde(default)]
        max: Option<usize>,
    },
    /// The slice is none of these.
    NotIn {
        /// What is compared.
        #[serde(default)]
        slice: Option<Slice>,
        /// The refused texts.
        values: Vec<String>,
    },
    /// The slice is one of these.
    In {
        /// What is compared.
        #[serde(default)]
        slice: Option<Slice>,
        /// The accepted texts.
        values: Vec<String>,
    },
    /// The slice is in none of these ranges.
    NotInRanges {
        /// What is compared.
        #[serde(default)]
        slice: Option<Slice>,
        /// Single texts and ranges of equal-length texts (`"000"`, `"900-999"`).
        ranges: Vec<String>,
    },
    /// The slice is in one of these ranges.
    InRanges {
        /// What is compared.
        #[serde(default)]
        slice: Option<Slice>,
        /// Single texts and ranges of equal-length texts (`"000"`, `"900-999"`).
        ranges: Vec<String>,
    },
    /// Has at least this many of each class: what tells a generated token from a word.
    Classes {
        /// What is counted.
        #[serde(default)]
        slice: Option<Slice>,
        /// Fewest ASCII digits.
        #[serde(default)]
        digits: usize,
        /// Fewest ASCII upper-case letters.
        #[serde(default)]
        upper: usize,
        /// Fewest ASCII lower-case letters.
        #[serde(default)]
        lower: usize,
    },
    /// What no kernel can express: a function in `detect::validate::custom`.
    Custom {
        /// Its name in the table there.
        name: String,
    },
    /// All of these hold.
    All {
        /// At least one.
        checks: Vec<Check>,
    },
    /// At least one of these holds.
    Any {
        /// At least one.
        checks: Vec<Check>,
    },
    /// This does not hold.
    Not {
        /// What must fail.
        check: Box<Check>,
    },
}

/// Sum of weight times value, modulo `modulus`. The workhorse: about sixty
/// national numbers differ only in weights, modulus and result table.
///
/// What the sum leaves is compared in one of three ways: with `table` and
/// `check`, the table's character for the remainder stands at `check`; with
/// `check` alone, the last decimal digits of the remainder stand there; with
/// neither, it equals `remainder`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// What is summed: at most 64 characters after expansion.
    #[serde(default)]
    pub slice: Option<Slice>,
    /// One weight a character, from the left; shorter values than weights
    /// leave the last weights unused, longer ones fail unless `cycle`.
    pub weights: Vec<i32>,
    /// Repeat the weights as often as needed.
    #[serde(default)]
    pub cycle: bool,
    /// The first weight belongs to the last character, the second to the one
    /// before it, and so on.
    #[serde(default)]
    pub from_right: bool,
    /// At least 2.
    pub modulus: u32,
    /// Character expected for each remainder, `modulus` of them; `-` marks a
    /// remainder that no valid number has. With `check`.
    #[serde(default)]
    pub table: Option<String>,
    /// Where the check characters stand in the whole normalised value.
    #[serde(default)]
    pub check: Option<Slice>,
    /// The remainder a valid number has, when there is no `check`.
    #[serde(default)]
    pub remainder: u32,
    /// Values of characters by their place in this string (`"0123456789ABC…"`:
    /// A = 10). Without it digits have their own value; any other character
    /// fails.
    #[serde(default)]
    pub alphabet: Option<String>,
    /// Characters replaced by strings before weighting (`A = "01"`).
    #[serde(default)]
    pub expand: BTreeMap<String, String>,
    /// Add the decimal digits of each product instead of the product.
    #[serde(default)]
    pub digit_sums: bool,
    /// Left-pad the slice to this many characters first.
    #[serde(default)]
    pub pad_to: usize,
    /// With what (default `0`).
    #[serde(default)]
    pub pad_with: Option<char>,
}

/// The slice read as one decimal number of any length, modulo `modulus`.
///
/// The remainder is compared as in [`Weighted`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modulus {
    /// The number.
    #[serde(default)]
    pub slice: Option<Slice>,
    /// At least 2, below 2³².
    pub modulus: u64,
    /// Strings replaced in the slice first, in order (`["2A", "19"]`).
    #[serde(default)]
    pub replace: Vec<(String, String)>,
    /// Put in front of the slice; any of them may fit.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Character expected for each remainder, `modulus` of them. With `check`.
    #[serde(default)]
    pub table: Option<String>,
    /// Compare `modulus - remainder` (1 to `modulus`) instead of the
    /// remainder. With `check`, without `table`.
    #[serde(default)]
    pub complement: bool,
    /// Where the check characters stand in the whole normalised value.
    #[serde(default)]
    pub check: Option<Slice>,
    /// The remainder a valid number has, when there is no `check`.
    #[serde(default)]
    pub remainder: u64,
}

/// Where in the value a date stands and how it is written there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateFields {
    /// Two digits (of the 20th or 21st century, whichever fits), three (the
    /// first is that of the millennium's hundreds: 985 is 1985, 006 is 2006)
    /// or four.
    pub year: Slice,
    /// One or two digits.
    pub month: Slice,
    /// One or two digits.
    pub day: Slice,
    /// The month as it stands or less one of these must be a month
    /// (`[20, 40, 50, 60, 80]`).
    #[serde(default)]
    pub month_offsets: Vec<u32>,
    /// The day as it stands or less one of these must be a day (`[40, 60]`).
    #[serde(default)]
    pub day_offsets: Vec<u32>,
    /// Refuse dates in the future and more than this many years ago, as seen
    /// from the last year this catalogue is made for (0: any).
    #[serde(default)]
    pub max_age: u32,
}

/// Check systems of ISO 7064.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Iso7064 {
    /// Digits, one check character 0-9 or X.
    Mod11_2,
    /// Letters and digits, one check character 0-9, A-Z or `*`.
    Mod37_2,
    /// Letters and digits (A = 10, in two decimal digits), two check digits.
    Mod97_10,
    /// Letters, two check letters.
    Mod661_26,
    /// Hybrid: digits, one check digit.
    Mod11_10,
    /// Hybrid: letters, one check letter.
    Mod27_26,
    /// Hybrid: letters and digits, one check character of the same.
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
    /// Start of the value: `"4"`, `"51-55"`.
    pub prefix: String,
    /// Lengths of the whole value, in characters.
    pub lengths: Vec<usize>,
}
