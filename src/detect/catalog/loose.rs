//! Regexes with classes of letters that are taken loosely.
//!
//! `\p{L}` spelled out is an automaton of hundreds of states, and a repetition
//! of it one of thousands, although hardly any text that is looked at needs
//! them. The loose regex matches all that the exact one does.

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Repetition,
};

/// Whether [`loosened`] changes anything.
pub fn has_many_scripts(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => is_of_many_scripts(class),
        HirKind::Repetition(rep) => has_many_scripts(&rep.sub),
        HirKind::Capture(capture) => has_many_scripts(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_many_scripts),
        _ => false,
    }
}

/// Whether a class has so many ranges that it is better taken loosely.
fn is_of_many_scripts(class: &ClassUnicode) -> bool {
    const FEW: usize = 8;
    let beyond = class
        .ranges()
        .iter()
        .filter(|range| !range.end().is_ascii());
    beyond.count() > FEW
}

/// The regex with each class of many scripts taken loosely: each character above
/// ASCII whose encoding begins as one of its own does.
pub fn loosened(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) if is_of_many_scripts(class) => loose_class(class),
        HirKind::Repetition(rep) => Hir::repetition(Repetition {
            min: rep.min,
            max: rep.max,
            greedy: rep.greedy,
            sub: Box::new(loosened(&rep.sub)),
        }),
        HirKind::Capture(capture) => {
            let mut capture = capture.clone();
            capture.sub = Box::new(loosened(&capture.sub));
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(loosened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(loosened).collect()),
        _ => hir.clone(),
    }
}

/// The ASCII characters of a class, or an encoding of two, three or four bytes
/// that begins as one of its others.
fn loose_class(class: &ClassUnicode) -> Hir {
    let bytes = |ranges: &[(u8, u8)]| {
        let ranges = ranges.iter().map(|&(a, b)| ClassBytesRange::new(a, b));
        Hir::class(Class::Bytes(ClassBytes::new(ranges)))
    };
    let first = |c: char| c.encode_utf8(&mut [0; 4]).as_bytes()[0];
    let mut ascii = Vec::new();
    // First bytes by the length of the encoding, from two on.
    let mut leads: [Vec<(u8, u8)>; 3] = Default::default();
    for range in class.ranges() {
        if range.start().is_ascii() {
            ascii.push((range.start() as u8, range.end().min('\x7F') as u8));
        }
        let lengths = [
            ('\u{80}', '\u{7FF}'),
            ('\u{800}', '\u{FFFF}'),
            ('\u{10000}', char::MAX),
        ];
        for (leads, (from, to)) in leads.iter_mut().zip(lengths) {
            let (from, to) = (range.start().max(from), range.end().min(to));
            if from <= to {
                leads.push((first(from), first(to)));
            }
        }
    }
    let mut ways = vec![bytes(&ascii)];
    for (following, leads) in (1..).zip(leads) {
        if !leads.is_empty() {
            let mut parts = vec![bytes(&leads)];
            parts.extend((0..following).map(|_| bytes(&[(0x80, 0xBF)])));
            ways.push(Hir::concat(parts));
        }
    }
    Hir::alternation(ways)
}
