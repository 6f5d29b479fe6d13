//! Where in a match the value is, when that can be told at once.

use regex_syntax::hir::{Hir, HirKind};
use serde::{Deserialize, Serialize};

use super::printed;

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
pub(in super::super) fn inner(hir: &Hir, group: usize) -> Option<Inner> {
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

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn a_group_behind_a_fixed_length_has_a_known_place() {
        let of = |regex: &str| inner(&parse(regex).unwrap(), 1).map(|i| (i.skip, i.value, i.rest));
        let known = |skip, value: &str, rest: &str| Some((skip, value.into(), rest.into()));
        assert_eq!(of("ab(c|d)x?"), known(2, "(?u:[cd])", "(?u:x?)"));
        assert_eq!(of("(ab)"), known(0, "(?u:(?:ab))", "(?u:(?:))"));
        assert_eq!(of("a?(b)"), None);
        assert_eq!(of("(?:(a)|b)c"), None);
    }
}
