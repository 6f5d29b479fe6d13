//! Check digits and structural rules.

use super::catalog::check::Check;

/// Whether `value`, already normalised, passes `check`.
pub fn passes(check: &Check, value: &str) -> bool {
    let _ = (check, value);
    true
}
