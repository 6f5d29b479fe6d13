//! From a pattern's regex to its anchors: where a match could be.
//!
//! An anchor is something that every match holds at a bounded distance from
//! its start and that is cheap to find in one pass over the text: a literal in
//! the folded alphabet, or a [`Shape`]. The planner works on the parsed regex
//! alone, so that a detector file needs to say nothing about speed.

mod anchor;
mod branch;
mod inner;
mod literal;
mod places;

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;
use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;
use super::loose::loosened;
use super::shape::Shape;
use super::spec::{Boundary, Requires};
use anchor::best_anchor;
use branch::branches;
pub use inner::Inner;
pub(super) use inner::inner;
pub(super) use literal::{KEY_COST, factor};
use places::{fixed_length, places};

/// Longest match that a pattern may have; longer ones could be cut at the
/// edges of a block.
pub(super) const MAX_LENGTH: usize = 17 * 1024;

/// Where the matches of one pattern can be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// One for each way to match; every match has at least one of them. Empty
    /// for patterns that start from context alone.
    pub anchors: Vec<Anchor>,
    /// Bytes that a match can have at its first places.
    pub start: Vec<ByteSet>,
    /// The length of every match, when `start` says all there is to say.
    pub fixed: Option<u32>,
    /// Shortest and longest match, in bytes.
    pub length: (u32, u32),
    /// True when a match can hold a line end.
    pub lines: bool,
    /// Expected anchors per byte of source code.
    pub rate: f64,
}

/// Something to look for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// What it looks like.
    pub sign: Sign,
    /// Bytes that can stand at the first places of the sign and behind it.
    pub sets: Vec<ByteSet>,
    /// How far before the sign a match can start: fewest and most bytes.
    pub before: (u32, u32),
    /// Bytes that can stand between the start of a match and the sign.
    pub walk: ByteSet,
    /// What must follow from the sign on, as a regex: tried first when the
    /// start is not known, because it fails fast.
    pub tail: Option<String>,
}

impl Anchor {
    /// Makes this anchor serve the starts of `other` too.
    fn widen(&mut self, other: &Anchor) {
        self.before = (
            self.before.0.min(other.before.0),
            self.before.1.max(other.before.1),
        );
        self.walk = self.walk.union(other.walk);
    }
}

/// A regex for what was parsed. Printed expressions say where they mean bytes;
/// all else is Unicode, such as a class that alternatives of one character
/// became.
fn printed(hir: &Hir) -> String {
    format!("(?u:{hir})")
}

/// What an anchor looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sign {
    /// One of these literals.
    Literal(Vec<Factor>),
    /// A shape.
    Shape(Shape),
    /// [`Shape::Digits`] that begin in one of these ways; see
    /// [`slot`](super::number::slot).
    Number(Vec<u16>),
}

/// A literal in the folded alphabet and the four bytes of it that are looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Factor {
    /// The bytes that are looked up.
    pub key: [u8; 4],
    /// Where the key stands, counted from the first byte of the literal. It
    /// may begin one byte before.
    pub key_at: i8,
    /// The literal, folded; empty when the bytes around the key tell enough.
    pub literal: Vec<u8>,
}

/// Parses a detector's regex: ASCII classes, bytes instead of characters.
pub fn parse(regex: &str) -> Result<Hir, String> {
    let hir = regex_syntax::ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .build()
        .parse(regex)
        .map_err(|err| err.to_string())?;
    // No automaton can look at whole characters beside it.
    if hir.properties().look_set().contains_word_unicode() {
        let message = "`\\b` and its like cannot be matched with Unicode on; put them outside of `(?u:…)`, or \
                       set the boundary of the pattern";
        return Err(message.into());
    }
    Ok(hir)
}

/// Plans one pattern. Patterns that need context get anchors only when these
/// are rare, patterns that need a field none: they start from those.
pub(super) fn plan(regex: &str, boundary: Boundary, requires: Requires) -> Result<Plan, String> {
    /// Most anchors per byte of source code for a pattern that can start from
    /// keywords instead, which are many and not rare either.
    const MOST_IN_CONTEXT: f64 = 0.02;
    /// Most keys for such a pattern: keywords need about as many.
    const MOST_KEYS_IN_CONTEXT: usize = 128;
    let hir = parse(regex)?;
    let properties = hir.properties();
    let max = properties
        .maximum_len()
        .ok_or("the regex can match text of any length; give every repetition an upper bound")?;
    if max > MAX_LENGTH {
        return Err(format!(
            "the regex can match {max} bytes; at most {MAX_LENGTH} are allowed"
        ));
    }
    let min = properties.minimum_len().unwrap_or(0);
    if min == 0 {
        return Err("the regex can match nothing at all".into());
    }
    // Where matches can be is asked of more than can match.
    let exact = hir;
    let hir = loosened(&exact);
    let mut plan = Plan {
        anchors: Vec::new(),
        start: places(&hir, boundary)?,
        fixed: fixed_length(&exact).map(|length| length as u32),
        length: (min as u32, max as u32),
        lines: all_bytes(&hir).contains(b'\n'),
        rate: 0.0,
    };
    if matches!(requires, Requires::Field | Requires::Label) {
        return Ok(plan);
    }
    for branch in branches(&hir) {
        let (anchor, rate) = match best_anchor(&branch, boundary)? {
            Some(best) => best,
            None if requires == Requires::Nothing => {
                return Err("the regex has nothing to look for".into());
            }
            None => {
                plan.rate = f64::INFINITY;
                break;
            }
        };
        // Branches that share a shape share its places.
        let shared = |other: &Anchor| match (&other.sign, &anchor.sign) {
            (Sign::Number(_), Sign::Number(_)) => true,
            (a, b) => a == b,
        };
        if !plan.anchors.iter().any(shared) {
            plan.rate += rate;
        }
        // Ways to begin that are told apart only by what stands before the sign
        // are one search from the sign back to the start.
        let serves = |known: &&mut Anchor| {
            let same_search = known.sign == anchor.sign && known.tail == anchor.tail;
            same_search && (known.tail.is_some() || **known == anchor)
        };
        match plan.anchors.iter_mut().find(serves) {
            Some(known) => known.widen(&anchor),
            None => plan.anchors.push(anchor),
        }
    }
    let keys: BTreeSet<_> = plan
        .anchors
        .iter()
        .flat_map(|anchor| match &anchor.sign {
            Sign::Literal(factors) => &factors[..],
            _ => &[],
        })
        .map(|factor| factor.key)
        .collect();
    let costly = plan.rate > MOST_IN_CONTEXT || keys.len() > MOST_KEYS_IN_CONTEXT;
    if requires == Requires::Context && costly {
        plan.anchors.clear();
        plan.rate = 0.0;
    }
    Ok(plan)
}

/// Every byte that a match of `hir` can hold.
fn all_bytes(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::NONE,
        HirKind::Literal(literal) => {
            let mut set = ByteSet::NONE;
            literal.0.iter().for_each(|&b| set.insert(b));
            set
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut set = ByteSet::NONE;
            class
                .ranges()
                .iter()
                .for_each(|r| set.insert_range(r.start(), r.end()));
            set
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut set = ByteSet::NONE;
            class
                .iter()
                .flat_map(|range| Utf8Sequences::new(range.start(), range.end()))
                .for_each(|sequence| {
                    for range in &sequence {
                        set.insert_range(range.start, range.end);
                    }
                });
            set
        }
        HirKind::Repetition(rep) => all_bytes(&rep.sub),
        HirKind::Capture(capture) => all_bytes(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts
            .iter()
            .map(all_bytes)
            .fold(ByteSet::NONE, ByteSet::union),
    }
}

/// True when matches consist of digits and separators alone, so that the
/// boundaries of numbers apply.
pub(super) fn is_number(hir: &Hir) -> bool {
    let allowed = ByteSet::of(|b| b.is_ascii_digit() || b" .-/+()".contains(&b));
    all_bytes(hir).is_subset(&allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(regex: &str) -> Sign {
        let plan = plan(regex, Boundary::Word, Requires::Nothing).unwrap();
        assert_eq!(plan.anchors.len(), 1, "{:?}", plan.anchors);
        plan.anchors[0].sign.clone()
    }

    fn keys(sign: &Sign) -> Vec<String> {
        match sign {
            Sign::Literal(factors) => factors
                .iter()
                .map(|f| String::from_utf8_lossy(&f.key).into_owned())
                .collect(),
            Sign::Shape(shape) => vec![format!("{shape:?}")],
            Sign::Number(_) => vec!["Digits".into()],
        }
    }

    #[test]
    fn prefixes_become_literals() {
        let of = |regex| keys(&sign(regex));
        let [key] = &of("ghp-[A-Z2-7]{16}")[..] else {
            panic!("one key");
        };
        assert_eq!(key, "ghp ");
        for key in of("(?i)client[_-]?secret=[a-z0-9]{16,40}") {
            assert!("client secret clientsecret ".contains(&key), "{key}");
        }
    }

    #[test]
    fn numbers_become_shapes() {
        assert_eq!(keys(&sign(r"\d{3}-\d{2}-\d{4}")), ["Digits"]);
        assert_eq!(
            keys(&sign("[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}")),
            ["LettersDigits"]
        );
        assert_eq!(keys(&sign("[13][1-9A-HJ-NP-Za-km-z]{25,34}")), ["Run"]);
    }

    #[test]
    fn a_sign_behind_a_variable_start_keeps_its_reach() {
        let plan = plan(
            "[A-Za-z0-9.]{1,64}@[a-z0-9]{1,20}[.][a-z]{2,8}",
            Boundary::Word,
            Requires::Nothing,
        )
        .unwrap();
        let anchor = &plan.anchors[0];
        assert_eq!(anchor.before, (1, 64));
        assert!(matches!(anchor.sign, Sign::Shape(Shape::At)));
        assert!(anchor.walk.contains(b'.') && !anchor.walk.contains(b' '));
        assert!(anchor.tail.is_some());
    }

    #[test]
    fn letters_of_other_scripts_do_not_make_the_walk_boundless() {
        let plan = plan(
            r"(?u:[a-z\x{C0}-\x{24F}])(?:[a-z.]{0,62}[a-z])?@[a-z]{2,9}",
            Boundary::Word,
            Requires::Nothing,
        )
        .unwrap();
        let [anchor] = &plan.anchors[..] else {
            panic!("one anchor serves all ways to begin: {:?}", plan.anchors);
        };
        assert_eq!(anchor.before, (1, 65));
        assert!("a.éĀ".bytes().all(|b| anchor.walk.contains(b)));
        assert!(!anchor.walk.contains(b' ') && !anchor.walk.contains(b','));
    }

    #[test]
    fn ways_to_begin_are_planned_apart() {
        let plan = plan(
            r"(?:\+1 )?\([2-9]\d{2}\) \d{3}-\d{4}",
            Boundary::Word,
            Requires::Nothing,
        )
        .unwrap();
        let signs: Vec<(Vec<String>, u32)> = plan
            .anchors
            .iter()
            .map(|anchor| (keys(&anchor.sign), anchor.before.0))
            .collect();
        // The last seven digits, however it begins, unless with a rare literal.
        assert_eq!(
            signs,
            [(vec!["+1  ".into()], 0), (vec!["Digits".into()], 6)]
        );
    }

    #[test]
    fn unbounded_and_empty_patterns_are_refused() {
        assert!(plan("a{3,}", Boundary::Word, Requires::Nothing).is_err());
        assert!(plan("a?", Boundary::Word, Requires::Nothing).is_err());
    }

    #[test]
    fn word_boundaries_of_unicode_are_refused() {
        assert!(parse(r"badge(?u:\b)\d").is_err_and(|err| err.contains("boundary")));
        assert!(parse(r"badge\b\d").is_ok());
    }
}
