//! How context words stand in text.

use std::ops::Range;

use crate::detect::catalog::fold::{GAP, fold};

/// Whether `before` and `after`, which are folded, stand around the word at
/// `span`, where a gap may be any run of separators or none at all. Lets more
/// through than [`stands_alone`]; it is asked first because it is cheap.
pub(crate) fn may_stand(text: &[u8], span: &Range<usize>, before: &[u8], after: &[u8]) -> bool {
    let gap = |b: &&u8| fold(**b) == GAP;
    let mut left = text[..span.start].iter().rev();
    for &want in before.iter().rev() {
        if want == GAP {
            while left.clone().next().as_ref().is_some_and(gap) {
                left.next();
            }
        } else if left.next().is_none_or(|&b| fold(b) != want) {
            return false;
        }
    }
    let mut right = text[span.end..].iter();
    for &want in after {
        if want == GAP {
            while right.clone().next().as_ref().is_some_and(gap) {
                right.next();
            }
        } else if right.next().is_none_or(|&b| fold(b) != want) {
            return false;
        }
    }
    true
}

/// Whether a keyword stands as a word of its own: nothing that continues it on
/// either side. Digits behind it (`phone2`) and a plural s do not, and letters
/// of other scripts, which do not use spaces everywhere, are not asked. A
/// change from lower to upper case (`userPhone`) separates words too.
///
/// Short words are part of too many others for that: of two or three letters
/// they need an ASCII separator (or the edge of the text) on both or on one
/// side, as the keys by which they are found do.
pub(crate) fn stands_alone(text: &[u8], span: &Range<usize>, shortest: usize) -> bool {
    let first = text[span.start];
    let last = text[span.end - 1];
    let before = span.start.checked_sub(1).map(|i| text[i]);
    let after = text.get(span.end).copied();
    let humps = shortest >= 4;
    let hump =
        |lower: u8, upper: u8| humps && lower.is_ascii_lowercase() && upper.is_ascii_uppercase();
    let free_before = !first.is_ascii_alphanumeric()
        || before.is_none_or(|b| !b.is_ascii_alphanumeric() || hump(b, first));
    let ends = |last: u8, after: Option<u8>| {
        after.is_none_or(|a| !a.is_ascii_alphabetic() || hump(last, a))
    };
    let free_after = !last.is_ascii_alphanumeric()
        || ends(last, after)
        || matches!(after, Some(plural @ (b's' | b'S')) if ends(plural, text.get(span.end + 1).copied()));
    let foreign = [before, after]
        .iter()
        .flatten()
        .filter(|b| !b.is_ascii())
        .count();
    let most_foreign = match shortest {
        0..=2 => 0,
        3 => 1,
        _ => 2,
    };
    free_before && free_after && foreign <= most_foreign
}
