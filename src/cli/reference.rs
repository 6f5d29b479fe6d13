//! The catalogue as tables for people.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::detect::catalog::Detector;
use crate::detect::catalog::spec::{Requires, ValidateSpec};
use crate::detect::validate::checksum_name;

/// What a finding of a detector rests on: its check digits, and whether its
/// shape is enough or a word or the name of a field must stand by it.
pub(super) fn basis(detector: &Detector) -> String {
    let specs = detector.patterns.iter().map(|pattern| &pattern.validate);
    let mut names = BTreeSet::new();
    for json in specs
        .chain([&detector.validate])
        .filter(|json| !json.is_empty())
    {
        let spec: ValidateSpec =
            serde_json::from_str(json).expect("the catalogue compiler wrote these checks");
        let checks = spec.all.iter().chain(&spec.any).chain(&spec.supports);
        names.extend(checks.filter_map(checksum_name));
    }
    let alone = |requires| detector.patterns.iter().any(|p| p.requires == requires);
    let needs = if alone(Requires::Nothing) {
        "shape"
    } else if alone(Requires::Context) {
        "shape with a word or field"
    } else {
        "name of its field or label"
    };
    let checks = names.into_iter().map(|name| format!(", {name}"));
    format!("{needs}{}", checks.collect::<String>())
}

/// A page about all detectors, in Markdown.
pub(super) fn page(detectors: &[Detector], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "# Detectors\n\n\
         {} detectors, made by `terrier generate detectors` from the files in `detectors/`. `terrier detectors show ID` tells \
         more of one. What a finding rests on: *shape* alone where that says enough, or a word or field name beside it; check \
         digits and other checks by name.",
        detectors.len()
    )?;
    let mut categories: BTreeMap<&str, Vec<&Detector>> = BTreeMap::new();
    for detector in detectors {
        categories
            .entry(&detector.category)
            .or_default()
            .push(detector);
    }
    for (category, mut detectors) in categories {
        detectors.sort_by_key(|detector| &detector.id);
        writeln!(
            out,
            "\n## {category}\n\n| id | what | countries | label | rests on |\n| --- | --- | --- | --- | --- |"
        )?;
        for d in detectors {
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} |",
                d.id,
                d.name,
                d.countries.join(", "),
                d.label,
                basis(d)
            )?;
        }
    }
    Ok(())
}
