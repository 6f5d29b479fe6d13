//! Literals of which every match holds one, in the folded alphabet.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

use super::super::fold::{fold, frequency};
use super::Factor;

/// Literals in the folded alphabet of which every match of `tail` starts with
/// one; `None` when there is none or they are too short or too many.
pub(super) fn literals(tail: &Hir, class_limit: usize) -> Option<Vec<Factor>> {
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
