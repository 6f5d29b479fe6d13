//! `--detector-stats`: where the time goes, by pattern.

use std::time::Duration;

use crate::detect::Engine;

/// Prints the patterns that were looked for somewhere, the dearest first.
pub(super) fn print(engine: &Engine) {
    let mut costs = engine.costs();
    costs.retain(|(_, _, cost)| cost.places > 0);
    costs.sort_by_key(|(_, _, cost)| std::cmp::Reverse(cost.time));
    let total: Duration = costs.iter().map(|(_, _, cost)| cost.time).sum();
    anstream::eprintln!("      places     matches     time ms  share  pattern");
    for (detector, pattern, cost) in &costs {
        let share = 100.0 * cost.time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        anstream::eprintln!(
            "{:>12}{:>12}{:>12.3}{share:>6.1}%  {}.{pattern}",
            cost.places,
            cost.matches,
            cost.time.as_secs_f64() * 1e3,
            engine.info(*detector).id,
        );
    }
    anstream::eprintln!(
        "{} patterns, {:.3} ms from places to matches; finding the places is shared by all and not counted",
        costs.len(),
        total.as_secs_f64() * 1e3
    );
}
