//! Literals of which every match holds one, in the folded alphabet.

use std::collections::{BTreeMap, BTreeSet};

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

use super::super::fold::{fold, frequency};
use super::super::keys::Key;
use super::Factor;

/// Literals in the folded alphabet of which every match of `tail` starts with
/// one; `None` when there is none or they are too short or too many.
pub(super) fn literals(tail: &Hir, class_limit: usize, length: usize) -> Option<Vec<Factor>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(class_limit)
        .limit_repeat(8)
        .limit_literal_len(length)
        .limit_total(400);
    let mut found = extractor.extract(&folded(tail)?);
    found.dedup();
    choose(
        &found
            .literals()?
            .iter()
            .map(|l| l.as_bytes())
            .collect::<Vec<_>>(),
    )
}

/// What one more key in the tables costs, as anchors per byte.
pub(in super::super) const KEY_COST: f64 = 1e-5;

/// Keys of which each literal holds one, few and rare; `None` when one is too
/// short. A key that serves many literals is taken before others.
fn choose(literals: &[&[u8]]) -> Option<Vec<Factor>> {
    let keys_of = |literal: &[u8]| -> Vec<(Key, i8)> {
        let windows = literal.windows(4).zip(0..);
        windows
            .filter_map(|(key, at)| Some((key.try_into().ok()?, at)))
            .collect()
    };
    let mut serves: BTreeMap<(Key, i8), u32> = BTreeMap::new();
    for literal in literals {
        for key in keys_of(literal) {
            *serves.entry(key).or_default() += 1;
        }
    }
    let worth = |key: &(Key, i8)| f64::from(serves[key]) / (frequency(&key.0) + KEY_COST);
    let mut chosen: BTreeSet<(Key, i8)> = BTreeSet::new();
    for literal in literals {
        let keys = keys_of(literal);
        if !keys.iter().any(|key| chosen.contains(key)) {
            let best = keys
                .into_iter()
                .max_by(|a, b| worth(a).total_cmp(&worth(b)))?;
            chosen.insert(best);
        }
    }
    let factor = |(key, key_at)| Factor {
        key,
        key_at,
        literal: Vec::new(),
    };
    (!chosen.is_empty()).then(|| chosen.into_iter().map(factor).collect())
}

/// The literal with its rarest four bytes as the key.
pub(in super::super) fn factor(literal: &[u8]) -> Option<Factor> {
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
