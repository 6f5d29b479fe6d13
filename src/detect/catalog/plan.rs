//! From a pattern's regex to its anchors: where a match could be.
//!
//! An anchor is something that every match holds at a bounded distance from
//! its start and that is cheap to find in one pass over the text: a literal in
//! the folded alphabet, or a [`Shape`]. The planner works on the parsed regex
//! alone, so that a detector file needs to say nothing about speed.

use regex_automata::nfa::thompson::{self, State, WhichCaptures};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};
use regex_syntax::utf8::Utf8Sequences;
use serde::{Deserialize, Serialize};

use super::byteset::ByteSet;
use super::fold::{fold, frequency};
use super::shape::Shape;
use super::spec::Boundary;

/// Longest match that a pattern may have; longer ones could be cut at the
/// edges of a block.
pub(super) const MAX_LENGTH: usize = 17 * 1024;

/// How many places of a match the positional filters look at.
const PLACES: usize = 16;

/// Where the matches of one pattern can be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// One for each way to match; every match has at least one of them. Empty
    /// for patterns that start from context alone.
    pub anchors: Vec<Anchor>,
    /// Bytes that a match can have at its first places.
    pub start: Vec<ByteSet>,
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

/// What an anchor looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sign {
    /// One of these literals.
    Literal(Vec<Factor>),
    /// A shape, and the bytes that can stand from there on.
    Shape(Shape, Vec<ByteSet>),
}

/// A literal in the folded alphabet and the four bytes of it that are looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Factor {
    /// The bytes that are looked up.
    pub key: [u8; 4],
    /// Where the key stands, counted from the first byte of the literal. It
    /// may begin one byte before.
    pub key_at: i8,
    /// The literal, folded.
    pub literal: Vec<u8>,
}

/// Where the value stands in a match whose pattern has it in a group behind a
/// part of fixed length: known without a search that follows groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inner {
    /// Bytes before the value.
    pub skip: u32,
    /// The value, as a regex.
    pub value: String,
    /// What follows it, as a regex.
    pub rest: String,
}

/// The place of `group` in the matches of a regex; `None` when it takes a
/// search to know.
///
/// Of all ways to match, a regex takes the first in its order. So the group
/// holds what its own regex finds when that stands alone, provided that the rest
/// can follow; whoever looks must check that.
pub(super) fn inner(hir: &Hir, group: usize) -> Option<Inner> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(hir),
    };
    let at = parts.iter().position(|part| is_group(part, group))?;
    let (before, rest) = (&parts[..at], &parts[at + 1..]);
    let mut skip = 0;
    for part in before {
        let properties = part.properties();
        let length = properties.minimum_len()?;
        if !properties.look_set().is_empty() || properties.maximum_len() != Some(length) {
            return None;
        }
        skip += length;
    }
    let HirKind::Capture(capture) = parts[at].kind() else {
        return None;
    };
    Some(Inner {
        skip: u32::try_from(skip).ok()?,
        value: printed(&capture.sub),
        rest: printed(&Hir::concat(rest.to_vec())),
    })
}

fn is_group(hir: &Hir, group: usize) -> bool {
    matches!(hir.kind(), HirKind::Capture(capture) if capture.index as usize == group)
}

/// A regex for what was parsed. Printed expressions say where they mean bytes;
/// all else is Unicode, such as a class that alternatives of one character
/// became.
fn printed(hir: &Hir) -> String {
    format!("(?u:{hir})")
}

/// Parses a detector's regex: ASCII classes, bytes instead of characters.
pub fn parse(regex: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .build()
        .parse(regex)
        .map_err(|err| err.to_string())
}

/// Plans one pattern. `from_context` patterns get no anchors of their own.
pub(super) fn plan(regex: &str, boundary: Boundary, from_context: bool) -> Result<Plan, String> {
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
    let mut plan = Plan {
        anchors: Vec::new(),
        start: places(&hir, boundary)?,
        length: (min as u32, max as u32),
        lines: all_bytes(&hir).contains(b'\n'),
        rate: 0.0,
    };
    if !from_context {
        for branch in branches(&hir) {
            let (anchor, rate) = best_anchor(&branch, boundary)?;
            // Branches that share a shape share its places.
            let shared = |other: &Anchor| match (&other.sign, &anchor.sign) {
                (Sign::Shape(a, _), Sign::Shape(b, _)) => a == b,
                (a, b) => a == b,
            };
            if !plan.anchors.iter().any(shared) {
                plan.rate += rate;
            }
            // Ways to begin that are told apart only by what stands before the
            // sign are one search from the sign back to the start.
            let serves = |known: &&mut Anchor| {
                let same_search = known.sign == anchor.sign && known.tail == anchor.tail;
                same_search && (known.tail.is_some() || **known == anchor)
            };
            match plan.anchors.iter_mut().find(serves) {
                Some(known) => known.widen(&anchor),
                None => plan.anchors.push(anchor),
            }
        }
    }
    Ok(plan)
}

/// Splits a pattern at alternations and optional parts near its start, so that
/// each way to begin is planned by itself. Gives up, leaving parts whole, when
/// there would be too many.
fn branches(hir: &Hir) -> Vec<Hir> {
    const MOST: usize = 24;
    let mut open = vec![flatten(hir)];
    let mut done = Vec::new();
    while let Some(parts) = open.pop() {
        let split = parts.iter().take(3).enumerate().find_map(|(at, part)| {
            alternatives(part)
                .filter(|a| open.len() + done.len() + a.len() <= MOST)
                .map(|a| (at, a))
        });
        match split {
            Some((at, choices)) => {
                for choice in choices {
                    let mut parts = parts.clone();
                    parts.splice(at..=at, choice);
                    open.push(parts);
                }
            }
            None => done.push(Hir::concat(parts)),
        }
    }
    done
}

/// The ways to match `part`, if it is an alternation or an optional part.
fn alternatives(part: &Hir) -> Option<Vec<Vec<Hir>>> {
    match part.kind() {
        HirKind::Alternation(choices) => Some(choices.iter().map(flatten).collect()),
        HirKind::Repetition(Repetition {
            min: 0,
            max: Some(max),
            sub,
            greedy,
        }) if *max > 0 => {
            let at_least_one = Hir::repetition(Repetition {
                min: 1,
                max: Some(*max),
                greedy: *greedy,
                sub: sub.clone(),
            });
            Some(vec![Vec::new(), flatten(&at_least_one)])
        }
        // `[A-Z]{1,2}` and its like: one branch for each count.
        HirKind::Repetition(Repetition {
            min,
            max: Some(max),
            sub,
            greedy,
        }) if *min < *max && *max <= 3 => {
            let exactly = |count| {
                let (sub, greedy) = (sub.clone(), *greedy);
                flatten(&Hir::repetition(Repetition {
                    min: count,
                    max: Some(count),
                    greedy,
                    sub,
                }))
            };
            Some((*min..=*max).map(exactly).collect())
        }
        _ => None,
    }
}

/// The parts of a concatenation, without capture groups and look-around. A
/// repetition that matches at least once gives its first turn as parts.
fn flatten(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Vec::new(),
        HirKind::Capture(capture) => flatten(&capture.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(flatten).collect(),
        HirKind::Repetition(Repetition {
            min: 1,
            max: Some(1),
            sub,
            ..
        }) => flatten(sub),
        _ => vec![hir.clone()],
    }
}

/// The cheapest anchor of one branch, with its rate.
fn best_anchor(branch: &Hir, boundary: Boundary) -> Result<(Anchor, f64), String> {
    /// A start further away than this is not worth walking back to.
    const FARTHEST: usize = 256;
    /// What one more key in the tables costs, as anchors per byte.
    const KEY_COST: f64 = 2e-6;
    let parts = flatten(branch);
    let mut best: Option<(Anchor, f64)> = None;
    let mut offer = |anchor: Anchor, rate: f64| {
        // A known start saves the search for it.
        let rate = if anchor.before.0 == anchor.before.1 {
            rate
        } else {
            rate * 2.0
        };
        if best.as_ref().is_none_or(|(_, lowest)| rate < *lowest) {
            best = Some((anchor, rate));
        }
    };
    for cut in 0..parts.len() {
        let (head, tail) = parts.split_at(cut);
        let head = Hir::concat(head.to_vec());
        let tail = Hir::concat(tail.to_vec());
        let before = (
            head.properties().minimum_len().unwrap_or(0),
            head.properties().maximum_len().unwrap_or(usize::MAX),
        );
        if before.1 > FARTHEST {
            break;
        }
        let anchor = |sign: Sign| Anchor {
            sign,
            before: (before.0 as u32, before.1 as u32),
            walk: all_bytes(&head),
            tail: (before.0 != before.1).then(|| printed(&tail)),
        };
        // Small limits give few, short literals; larger ones spell out classes,
        // which pays only when nothing else is there to hold on to.
        for class_limit in [4, 12, 48] {
            if let Some(factors) = literals(&tail, class_limit) {
                let rate: f64 = factors.iter().map(|f| frequency(&f.key)).sum();
                offer(
                    anchor(Sign::Literal(factors.clone())),
                    rate + factors.len() as f64 * KEY_COST,
                );
            }
        }
        let sets = places(&tail, boundary)?;
        for shape in Shape::ALL {
            if shape_serves(shape, &sets, cut == 0, boundary) {
                offer(anchor(Sign::Shape(shape, sets.clone())), shape.frequency());
            }
        }
    }
    best.ok_or_else(|| "the regex has nothing to look for".into())
}

/// Whether every match has `shape` at the place that `sets` describes.
fn shape_serves(shape: Shape, sets: &[ByteSet], at_start: bool, boundary: Boundary) -> bool {
    if shape.at_word_start() && !(at_start && boundary != Boundary::None) {
        return false;
    }
    let wanted = shape.sets();
    wanted.len() <= sets.len()
        && sets
            .iter()
            .zip(&wanted)
            .all(|(have, want)| have.is_subset(want))
}

/// Literals in the folded alphabet of which every match of `tail` starts with
/// one; `None` when there is none or they are too short or too many.
fn literals(tail: &Hir, class_limit: usize) -> Option<Vec<Factor>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(class_limit)
        .limit_repeat(8)
        .limit_literal_len(24)
        .limit_total(400);
    let mut found = extractor.extract(&folded(tail)?);
    found.dedup();
    let mut factors = Vec::new();
    for literal in found.literals()? {
        factors.push(factor(literal.as_bytes())?);
    }
    factors.sort_by(|a, b| (a.key, &a.literal).cmp(&(b.key, &b.literal)));
    factors.dedup();
    (!factors.is_empty()).then_some(factors)
}

/// The literal with its rarest four bytes as the key.
pub(super) fn factor(literal: &[u8]) -> Option<Factor> {
    let (key_at, key) = literal
        .windows(4)
        .enumerate()
        .min_by(|(_, a), (_, b)| frequency(a).total_cmp(&frequency(b)))?;
    Some(Factor {
        key: key.try_into().ok()?,
        key_at: i8::try_from(key_at).ok()?,
        literal: literal.to_vec(),
    })
}

/// The same language in the folded alphabet. `None` when a part cannot be
/// written in bytes.
fn folded(hir: &Hir) -> Option<Hir> {
    Some(match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => {
            Hir::literal(literal.0.iter().map(|&b| fold(b)).collect::<Vec<u8>>())
        }
        HirKind::Class(Class::Bytes(class)) => folded_class(class),
        HirKind::Class(Class::Unicode(class)) => {
            let mut bytes = ClassBytes::empty();
            for range in class.ranges() {
                let end = range.end().min('\u{7F}');
                if range.start() > end {
                    return None;
                }
                bytes.push(ClassBytesRange::new(range.start() as u8, end as u8));
                if range.end() > '\u{7F}' {
                    return None;
                }
            }
            folded_class(&bytes)
        }
        HirKind::Repetition(rep) => Hir::repetition(Repetition {
            min: rep.min,
            max: rep.max,
            greedy: rep.greedy,
            sub: Box::new(folded(&rep.sub)?),
        }),
        HirKind::Capture(capture) => folded(&capture.sub)?,
        HirKind::Concat(parts) => {
            // What cannot be folded ends the literal; what stands before it counts.
            let mut out = Vec::new();
            for part in parts {
                match folded(part) {
                    Some(part) => out.push(part),
                    None => {
                        out.push(Hir::dot(regex_syntax::hir::Dot::AnyByte));
                        break;
                    }
                }
            }
            Hir::concat(out)
        }
        HirKind::Alternation(choices) => {
            Hir::alternation(choices.iter().map(folded).collect::<Option<Vec<Hir>>>()?)
        }
    })
}

fn folded_class(class: &ClassBytes) -> Hir {
    let mut out = ClassBytes::empty();
    for range in class.ranges() {
        for byte in range.start()..=range.end() {
            let byte = fold(byte);
            out.push(ClassBytesRange::new(byte, byte));
        }
    }
    Hir::class(Class::Bytes(out))
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

/// The bytes that can stand at the first places of a match: a superset, place
/// by place, found by walking the pattern's automaton. Where a match can have
/// ended, what may follow it is included.
fn places(hir: &Hir, boundary: Boundary) -> Result<Vec<ByteSet>, String> {
    let after = match boundary {
        Boundary::Word | Boundary::Number | Boundary::HexGroups | Boundary::Token => {
            ByteSet::word().complement()
        }
        Boundary::None => ByteSet::ALL,
    };
    let nfa = thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .utf8(false)
                .which_captures(WhichCaptures::None),
        )
        .build_from_hir(hir)
        .map_err(|err| err.to_string())?;
    let mut sets = Vec::with_capacity(PLACES);
    let mut live = vec![nfa.start_anchored()];
    let mut ended = false;
    for _ in 0..PLACES {
        let mut set = if ended { ByteSet::ALL } else { ByteSet::NONE };
        let mut next = Vec::new();
        let mut seen = vec![false; nfa.states().len()];
        while let Some(id) = live.pop() {
            if std::mem::replace(&mut seen[id.as_usize()], true) {
                continue;
            }
            match nfa.state(id) {
                State::ByteRange { trans } => {
                    set.insert_range(trans.start, trans.end);
                    next.push(trans.next);
                }
                State::Sparse(sparse) => {
                    for trans in sparse.transitions.iter() {
                        set.insert_range(trans.start, trans.end);
                        next.push(trans.next);
                    }
                }
                State::Dense(dense) => {
                    for byte in 0..=255u8 {
                        if let Some(to) = dense.matches_byte(byte) {
                            set.insert(byte);
                            next.push(to);
                        }
                    }
                }
                State::Look { next, .. } | State::Capture { next, .. } => live.push(*next),
                State::Union { alternates } => live.extend(alternates.iter().copied()),
                State::BinaryUnion { alt1, alt2 } => live.extend([*alt1, *alt2]),
                State::Fail => {}
                State::Match { .. } => {
                    set = set.union(after);
                    ended = true;
                }
            }
        }
        sets.push(set);
        next.sort_unstable();
        next.dedup();
        live = next;
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(regex: &str) -> Sign {
        let plan = plan(regex, Boundary::Word, false).unwrap();
        assert_eq!(plan.anchors.len(), 1, "{:?}", plan.anchors);
        plan.anchors[0].sign.clone()
    }

    fn keys(sign: &Sign) -> Vec<String> {
        match sign {
            Sign::Literal(factors) => factors
                .iter()
                .map(|f| String::from_utf8_lossy(&f.key).into_owned())
                .collect(),
            Sign::Shape(shape, _) => vec![format!("{shape:?}")],
        }
    }

    #[test]
    fn prefixes_become_literals() {
        assert_eq!(keys(&sign("AKIA[A-Z2-7]{16}")), ["akia"]);
        let Sign::Literal(factors) = sign("(?i)client[_-]?secret=[a-z0-9]{16,40}") else {
            panic!("a literal")
        };
        assert!(factors.iter().all(|f| f.literal.starts_with(b"client")));
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
            false,
        )
        .unwrap();
        let anchor = &plan.anchors[0];
        assert_eq!(anchor.before, (1, 64));
        assert!(matches!(anchor.sign, Sign::Shape(Shape::At, _)));
        assert!(anchor.walk.contains(b'.') && !anchor.walk.contains(b' '));
        assert!(anchor.tail.is_some());
    }

    #[test]
    fn letters_of_other_scripts_do_not_make_the_walk_boundless() {
        let plan = plan(
            r"(?u:[a-z\x{C0}-\x{24F}])(?:[a-z.]{0,62}[a-z])?@[a-z]{2,9}",
            Boundary::Word,
            false,
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
    fn a_group_behind_a_fixed_length_has_a_known_place() {
        let of = |regex: &str| inner(&parse(regex).unwrap(), 1).map(|i| (i.skip, i.value, i.rest));
        let known = |skip, value: &str, rest: &str| Some((skip, value.into(), rest.into()));
        assert_eq!(of("ab(c|d)x?"), known(2, "(?u:[cd])", "(?u:x?)"));
        assert_eq!(of("(ab)"), known(0, "(?u:(?:ab))", "(?u:(?:))"));
        assert_eq!(of("a?(b)"), None);
        assert_eq!(of("(?:(a)|b)c"), None);
    }

    #[test]
    fn ways_to_begin_are_planned_apart() {
        let plan = plan(
            r"(?:\+1 )?\([2-9]\d{2}\) \d{3}-\d{4}",
            Boundary::Word,
            false,
        )
        .unwrap();
        let shapes: Vec<String> = plan.anchors.iter().flat_map(|a| keys(&a.sign)).collect();
        assert_eq!(plan.anchors.len(), 2, "{shapes:?}");
        assert!(
            shapes.iter().any(|s| s == "Paren")
                && shapes.iter().any(|s| s == "Plus" || s.starts_with("+1")),
            "{shapes:?}"
        );
    }

    #[test]
    fn unbounded_and_empty_patterns_are_refused() {
        assert!(plan("a{3,}", Boundary::Word, false).is_err());
        assert!(plan("a?", Boundary::Word, false).is_err());
    }

    #[test]
    fn places_know_where_a_match_can_end() {
        let sets = places(&parse(r"\d{2,3}").unwrap(), Boundary::Word).unwrap();
        assert!(!sets[1].contains(b'x') && sets[1].contains(b'0'));
        assert!(!sets[2].contains(b'x') && sets[2].contains(b'0') && sets[2].contains(b' '));
        assert!(sets[3].contains(b' ') && sets[4].contains(b'x'));
    }
}
