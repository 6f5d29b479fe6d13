//! What can stand at the first places of a match, found by walking the
//! pattern's automaton with sets of bytes instead of bytes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::byteset::ByteSet;
use super::super::fold::fold;
use super::super::keys::Key;
use super::super::number::{Kind, MOST_DIGITS, MOST_MORE, slot};
use super::super::spec::Boundary;

/// How many places of a match the positional filters look at.
pub(super) const PLACES: usize = 16;

/// A byte of a set leads to these states.
type Step = (ByteSet, Vec<StateID>);

/// A pattern's automaton, with the steps of each state once they were asked for.
struct Graph {
    nfa: NFA,
    steps: RefCell<BTreeMap<StateID, Rc<[Step]>>>,
}

impl Graph {
    fn new(hir: &Hir) -> Result<Graph, String> {
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .which_captures(WhichCaptures::None),
            )
            .build_from_hir(hir)
            .map_err(|err| err.to_string())?;
        Ok(Graph {
            nfa,
            steps: RefCell::default(),
        })
    }

    fn walk(&self) -> Walk<'_> {
        Walk {
            graph: self,
            live: self.closure(self.nfa.start_anchored()),
        }
    }

    /// The steps from a state, one for each state that a byte leads to.
    fn steps(&self, id: StateID) -> Rc<[Step]> {
        if let Some(known) = self.steps.borrow().get(&id) {
            return known.clone();
        }
        let range = |start, end| {
            let mut set = ByteSet::NONE;
            set.insert_range(start, end);
            set
        };
        let mut targets: Vec<(StateID, ByteSet)> = match self.nfa.state(id) {
            State::ByteRange { trans } => vec![(trans.next, range(trans.start, trans.end))],
            State::Sparse(sparse) => sparse
                .transitions
                .iter()
                .map(|trans| (trans.next, range(trans.start, trans.end)))
                .collect(),
            State::Dense(dense) => (0..=255u8)
                .filter_map(|byte| Some((dense.matches_byte(byte)?, range(byte, byte))))
                .collect(),
            _ => Vec::new(),
        };
        targets.sort_by_key(|(to, _)| *to);
        let steps: Rc<[Step]> = targets
            .chunk_by(|(a, _), (b, _)| a == b)
            .map(|group| {
                let bytes = group.iter().map(|(_, set)| *set);
                let bytes = bytes.fold(ByteSet::NONE, ByteSet::union);
                (bytes, self.closure(group[0].0))
            })
            .collect();
        self.steps.borrow_mut().insert(id, steps.clone());
        steps
    }

    /// All states that can be reached without a byte and do something with
    /// one, or accept; look-around counts as held.
    fn closure(&self, from: StateID) -> Vec<StateID> {
        let mut open = vec![from];
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.nfa.state(id) {
                State::Look { next, .. } | State::Capture { next, .. } => open.push(*next),
                State::Union { alternates } => open.extend(alternates.iter().copied()),
                State::BinaryUnion { alt1, alt2 } => open.extend([*alt1, *alt2]),
                State::Fail => {}
                _ => out.push(id),
            }
        }
        out
    }
}

/// The states that a match can be in after some bytes.
struct Walk<'g> {
    graph: &'g Graph,
    live: Vec<StateID>,
}

impl Walk<'_> {
    /// True when a match can end here.
    fn is_match(&self) -> bool {
        let accepts = |id: &StateID| matches!(self.graph.nfa.state(*id), State::Match { .. });
        self.live.iter().any(accepts)
    }

    /// The bytes that can come next.
    fn next_bytes(&self) -> ByteSet {
        let mut set = ByteSet::NONE;
        for &id in &self.live {
            for (bytes, _) in &*self.graph.steps(id) {
                set = set.union(*bytes);
            }
        }
        set
    }

    /// After one byte of `allowed`.
    fn step(&self, allowed: &ByteSet) -> Self {
        let mut live = Vec::new();
        for &id in &self.live {
            for (bytes, to) in &*self.graph.steps(id) {
                if bytes.intersects(allowed) {
                    live.extend_from_slice(to);
                }
            }
        }
        live.sort_unstable();
        live.dedup();
        Walk {
            graph: self.graph,
            live,
        }
    }
}

/// All that the first four bytes of a match can be, folded; `None` when a match
/// can be shorter or there are more than `most`.
pub(super) fn first_keys(hir: &Hir, most: usize) -> Result<Option<BTreeSet<Key>>, String> {
    let graph = Graph::new(hir)?;
    let mut open = vec![(Vec::new(), graph.walk())];
    for _ in 0..4 {
        let mut next = BTreeMap::new();
        for (key, walk) in open {
            let mut folded: BTreeMap<u8, ByteSet> = BTreeMap::new();
            for byte in walk.next_bytes().iter() {
                folded
                    .entry(fold(byte))
                    .or_insert(ByteSet::NONE)
                    .insert(byte);
            }
            for (byte, bytes) in folded {
                let key: Vec<u8> = key.iter().copied().chain([byte]).collect();
                let mut live = walk.step(&bytes);
                if live.is_match() && key.len() < 4 {
                    return Ok(None);
                }
                next.entry(key)
                    .and_modify(|known: &mut Walk<'_>| known.live.append(&mut live.live))
                    .or_insert(live);
            }
        }
        if next.len() > most {
            return Ok(None);
        }
        open = next.into_iter().collect();
    }
    let keys = open.into_iter().filter_map(|(key, _)| key.try_into().ok());
    Ok(Some(keys.collect()))
}

/// What may follow a match.
fn after(boundary: Boundary) -> ByteSet {
    match boundary {
        Boundary::Word | Boundary::Number | Boundary::HexGroups | Boundary::Token => {
            ByteSet::word().complement()
        }
        Boundary::None => ByteSet::ALL,
    }
}

/// The bytes that can stand at the first places of a match: a superset, place
/// by place. Where a match can have ended, what may follow it is included.
pub(super) fn places(hir: &Hir, boundary: Boundary) -> Result<Vec<ByteSet>, String> {
    let graph = Graph::new(hir)?;
    let mut walk = graph.walk();
    let mut sets = Vec::with_capacity(PLACES);
    let mut ended = false;
    for _ in 0..PLACES {
        let mut set = walk.next_bytes();
        if ended {
            set = ByteSet::ALL;
        } else if walk.is_match() {
            set = set.union(after(boundary));
            ended = true;
        }
        sets.push(set);
        walk = walk.step(&ByteSet::ALL);
    }
    Ok(sets)
}

/// How a match that starts with a digit can begin, told by its first digits,
/// what follows them and the digits behind that: all [`slot`]s that it can have.
pub(super) fn runs(hir: &Hir, boundary: Boundary) -> Result<Vec<u16>, String> {
    let digit = ByteSet::of(|b| b.is_ascii_digit());
    let other = digit.complement();
    let after = after(boundary);
    // Without a boundary a match can end in the middle of the digits.
    let open = boundary == Boundary::None;
    let mut slots = Vec::new();
    let graph = Graph::new(hir)?;
    let mut walk = graph.walk();
    let mut over = false;
    for digits in 1..=MOST_DIGITS {
        over |= open && walk.is_match();
        walk = walk.step(&digit);
        let ended = walk.is_match();
        if digits == MOST_DIGITS {
            if over || !walk.live.is_empty() {
                slots.push(slot(digits, Kind::Other, 0));
            }
            break;
        }
        for kind in Kind::ALL {
            let bytes = kind.bytes();
            let may_end = over || ended && (open || bytes.intersects(&after));
            let mut next = walk.step(&bytes);
            if !may_end && next.live.is_empty() {
                continue;
            }
            let mut inside = false;
            for more in 0..=MOST_MORE {
                let goes_on = if more == MOST_MORE {
                    !next.live.is_empty()
                } else {
                    next.is_match() || next.next_bytes().intersects(&other)
                };
                if may_end || inside || goes_on {
                    slots.push(slot(digits, kind, more));
                }
                inside |= open && next.is_match();
                next = next.step(&digit);
            }
        }
    }
    Ok(slots)
}

/// Whether every match begins as [`Shape::House`](super::super::shape::Shape::House)
/// does: a digit, up to seven more digits, capitals or dashes, a space, and a
/// capital or up to three digits and a letter.
pub(super) fn is_house_number(hir: &Hir) -> Result<bool, String> {
    let digit = ByteSet::of(|b| b.is_ascii_digit());
    let name = digit.union(ByteSet::of(|b| b.is_ascii_uppercase()));
    let more = name.union(ByteSet::of(|b| b == b'-'));
    let space = ByteSet::of(|b| b == b' ');
    let letter = ByteSet::of(|b| b.is_ascii_alphabetic());
    let is_name = |walk: Walk<'_>| {
        let mut walk = walk;
        let mut next = name;
        for _ in 0..3 {
            if walk.is_match() || !walk.next_bytes().is_subset(&next) {
                return false;
            }
            walk = walk.step(&digit);
            next = digit.union(letter);
        }
        !walk.is_match() && walk.next_bytes().is_subset(&letter)
    };
    let graph = Graph::new(hir)?;
    let mut walk = graph.walk();
    if walk.is_match() || !walk.next_bytes().is_subset(&digit) {
        return Ok(false);
    }
    walk = walk.step(&digit);
    for _ in 0..8 {
        if walk.is_match()
            || !walk.next_bytes().is_subset(&more.union(space))
            || !is_name(walk.step(&space))
        {
            return Ok(false);
        }
        walk = walk.step(&more);
    }
    Ok(walk.live.is_empty())
}

/// The length of all matches, when the first places say all there is to say: a
/// row of byte sets of at most [`PLACES`] bytes.
pub(super) fn fixed_length(hir: &Hir) -> Option<usize> {
    fn row(hir: &Hir) -> Option<usize> {
        match hir.kind() {
            HirKind::Empty => Some(0),
            HirKind::Literal(literal) => Some(literal.0.len()),
            HirKind::Class(Class::Bytes(_)) => Some(1),
            HirKind::Repetition(rep) if Some(rep.min) == rep.max => {
                Some(row(&rep.sub)? * rep.min as usize)
            }
            HirKind::Concat(parts) => parts.iter().map(row).sum(),
            _ => None,
        }
    }
    row(hir).filter(|length| *length <= PLACES)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn places_know_where_a_match_can_end() {
        let sets = places(&parse(r"\d{2,3}").unwrap(), Boundary::Word).unwrap();
        assert!(!sets[1].contains(b'x') && sets[1].contains(b'0'));
        assert!(!sets[2].contains(b'x') && sets[2].contains(b'0') && sets[2].contains(b' '));
        assert!(sets[3].contains(b' ') && sets[4].contains(b'x'));
    }

    #[test]
    fn runs_tell_numbers_apart() {
        let of = |regex| runs(&parse(regex).unwrap(), Boundary::Number).unwrap();
        let ssn = of(r"\d{3}-\d{2}-\d{4}");
        assert_eq!(ssn, [slot(3, Kind::Dash, 2)]);
        let plain = of(r"\d{9}");
        assert!(
            plain.contains(&slot(9, Kind::Comma, 4)) && plain.contains(&slot(9, Kind::High, 0))
        );
        assert!(
            !plain.contains(&slot(9, Kind::Lower, 0)) && !plain.contains(&slot(8, Kind::Dash, 1))
        );
        let long = of(r"\d{8}(?:-\d{4})?\d{0,20}");
        assert!(
            long.contains(&slot(8, Kind::Dash, 4))
                && long.contains(&slot(MOST_DIGITS, Kind::Other, 0))
        );
    }

    #[test]
    fn rows_of_classes_have_a_fixed_length() {
        let of = |regex| fixed_length(&parse(regex).unwrap());
        assert_eq!(of(r"[1-9]\d{8}"), Some(9));
        assert_eq!(of(r"A-\d{2}[xy]"), Some(5));
        assert_eq!(of(r"\d{2,3}"), None);
        assert_eq!(of(r"(\d)\d"), None);
        assert_eq!(of(r"a|bc"), None);
    }
}
