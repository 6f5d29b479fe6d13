//! Results by item, by field and in total: what several formats need.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use super::{Aside, Results};
use crate::model::{
    Band, Confidence, DetectorInfo, Finding, ItemPath, Label, LedgerEntry, Reason, Status,
};
use crate::state::ItemIds;

/// From how many findings of one detector in one field on they are shown as a
/// property of the field and no longer one by one.
const FOLD_FROM: usize = 10;

/// An item with what was found in it.
pub(super) struct Item<'a> {
    pub(super) path: &'a ItemPath,
    /// Its ledger entry. Every item has one; results put together by hand may not.
    pub(super) entry: Option<&'a LedgerEntry>,
    pub(super) findings: Cow<'a, [Finding]>,
}

/// An item whose findings may have to be fetched first.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    path: &'a ItemPath,
    pub(super) entry: Option<&'a LedgerEntry>,
    in_memory: &'a [Finding],
    aside: Option<&'a dyn Aside>,
}

impl<'a> Listed<'a> {
    fn without_entry((path, in_memory): (&'a Arc<ItemPath>, &'a [Finding])) -> Self {
        Listed {
            path,
            entry: None,
            in_memory,
            aside: None,
        }
    }

    /// The item with its findings.
    pub(super) fn item(&self) -> io::Result<Item<'a>> {
        let found = self.entry.is_some_and(|entry| entry.findings > 0);
        let findings = match self.aside.filter(|_| found && self.in_memory.is_empty()) {
            Some(aside) => Cow::Owned(aside.findings(self.path)?),
            None => Cow::Borrowed(self.in_memory),
        };
        Ok(Item {
            path: self.path,
            entry: self.entry,
            findings,
        })
    }
}

/// All items by path, those without findings included.
pub(super) fn items(results: &Results) -> Vec<Listed<'_>> {
    let aside = results.aside.as_deref();
    let mut items = Vec::with_capacity(results.ledger.len());
    // Results that a scan made are in order, which sorting finds out with one
    // comparison each.
    let mut ledger: Vec<&LedgerEntry> = results.ledger.iter().collect();
    ledger.sort_by(|a, b| a.path.cmp(&b.path));
    let mut found: Vec<(&Arc<ItemPath>, &[Finding])> = results
        .findings
        .chunk_by(|a, b| a.path == b.path)
        .filter_map(|of_item| Some((&of_item.first()?.path, of_item)))
        .collect();
    found.sort_by_key(|(path, _)| *path);
    let mut found = found.into_iter().peekable();
    for entry in ledger {
        while let Some(next) = found.next_if(|(path, _)| *path < &entry.path) {
            items.push(Listed::without_entry(next));
        }
        let own = found.next_if(|(path, _)| *path == &entry.path);
        items.push(Listed {
            path: &entry.path,
            entry: Some(entry),
            in_memory: own.map_or(&[], |(_, findings)| findings),
            aside,
        });
    }
    items.extend(found.map(Listed::without_entry));
    items
}

impl Item<'_> {
    /// The label of the item, from its ledger entry.
    pub(super) fn label(&self) -> Option<Label> {
        self.entry.and_then(|entry| entry.label)
    }

    /// How many findings it has beyond those that were kept.
    pub(super) fn not_kept(&self) -> u64 {
        let kept = self.findings.len() as u64;
        self.entry
            .map_or(0, |entry| entry.findings.saturating_sub(kept))
    }

    /// The findings by detector and field: heaviest label first, then the
    /// surest, then the most.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter() {
            groups.entry(kind_of(finding)).or_default().push(finding);
        }
        let mut groups: Vec<Group<'_>> = groups.into_values().filter_map(Group::new).collect();
        groups.sort_by_key(|group| {
            let (surest, count) = (group.bands().1, group.findings.len());
            Reverse((group.label, surest, count))
        });
        groups
    }

    /// Splits the findings into fields with many of one detector and all others.
    pub(super) fn folded(&self, all_findings: bool) -> (Vec<&Finding>, Vec<Group<'_>>) {
        let mut fields: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter() {
            if finding.location.field.is_some() {
                fields.entry(kind_of(finding)).or_default().push(finding);
            }
        }
        fields.retain(|_, findings| findings.len() >= FOLD_FROM);
        let alone = self
            .findings
            .iter()
            .filter(|finding| all_findings || !fields.contains_key(&kind_of(finding)))
            .collect();
        let mut fields: Vec<Group<'_>> = fields.into_values().filter_map(Group::new).collect();
        // In the order in which the item has them.
        fields.sort_by(|a, b| a.first.location.order().cmp(&b.first.location.order()));
        (alone, fields)
    }
}

/// What findings must share to be told as one.
fn kind_of(finding: &Finding) -> impl Ord + '_ {
    let at = &finding.location;
    (
        finding.detector.id.as_ref(),
        at.table.as_deref(),
        at.sheet.as_deref(),
        at.field.as_deref(),
        finding.test_value,
    )
}

/// Findings of one detector in one field, or outside of fields in one item.
pub(super) struct Group<'a> {
    pub(super) detector: &'a DetectorInfo,
    /// The highest label among the findings.
    pub(super) label: Label,
    /// The first finding by place.
    pub(super) first: &'a Finding,
    /// All of them by place; not empty.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    fn new(findings: Vec<&'a Finding>) -> Option<Self> {
        let first = *findings.first()?;
        Some(Group {
            detector: &first.detector,
            label: findings.iter().map(|finding| finding.label).max()?,
            first,
            findings,
        })
    }

    /// The identity of the field with this detector: it stays whatever the
    /// records hold.
    pub(super) fn id(&self) -> String {
        ItemIds::new(&self.first.path).next(&self.detector.id, &self.first.location, b"")
    }

    /// True when the group is to be told as a property of its field.
    pub(super) fn is_folded(&self) -> bool {
        self.first.location.field.is_some() && self.findings.len() >= FOLD_FROM
    }

    /// The lowest and the highest band.
    pub(super) fn bands(&self) -> (Band, Band) {
        let bands = || {
            self.findings
                .iter()
                .map(|finding| finding.confidence.band())
        };
        (
            bands().min().unwrap_or(Band::Low),
            bands().max().unwrap_or(Band::Low),
        )
    }

    /// The median confidence, which one odd value does not move.
    pub(super) fn confidence(&self) -> Confidence {
        let mut all: Vec<Confidence> = self
            .findings
            .iter()
            .map(|finding| finding.confidence)
            .collect();
        all.sort_by(|a, b| a.get().total_cmp(&b.get()));
        all.get(all.len() / 2)
            .copied()
            .unwrap_or(self.first.confidence)
    }

    /// In how many different records the findings are.
    pub(super) fn records(&self) -> u64 {
        let rows: BTreeSet<_> = self
            .findings
            .iter()
            .map(|finding| (finding.location.row, finding.location.line))
            .collect();
        rows.len() as u64
    }

    /// First and last record number.
    pub(super) fn rows(&self) -> Option<(u64, u64)> {
        let rows = || {
            self.findings
                .iter()
                .filter_map(|finding| finding.location.row)
        };
        rows().min().zip(rows().max())
    }

    /// How many different values there are.
    pub(super) fn distinct(&self) -> u64 {
        // Compared only, never shown.
        let values: BTreeSet<&[u8]> = self
            .findings
            .iter()
            .map(|finding| finding.value.reveal())
            .collect();
        values.len() as u64
    }
}

/// Counts over a whole run.
#[derive(Default)]
pub(super) struct Totals<'a> {
    /// Items by what became of them.
    pub(super) statuses: BTreeMap<Status, u64>,
    /// Items by label; those without one are not in it.
    pub(super) labels: BTreeMap<Label, u64>,
    /// Items that were not read in full.
    unread: BTreeMap<(Status, Option<Reason>), Vec<&'a LedgerEntry>>,
    /// Findings and items by category.
    pub(super) categories: BTreeMap<Arc<str>, Category>,
    /// Items with findings.
    pub(super) with_findings: u64,
    /// Bytes read.
    pub(super) bytes: u64,
    /// All findings to report, those beyond the cap included.
    pub(super) findings: u64,
}

/// Items with the same reason for not being read in full.
pub(super) struct Unread<'a> {
    pub(super) status: Status,
    reason: Option<Reason>,
    pub(super) entries: &'a [&'a LedgerEntry],
}

impl Unread<'_> {
    /// The reason as a word for machines.
    pub(super) fn id(&self) -> &'static str {
        self.reason.map_or("unknown", Reason::as_str)
    }

    /// The reason for people.
    pub(super) fn describe(&self) -> &'static str {
        self.reason.map_or("reason unknown", Reason::describe)
    }
}

/// Counts of one category.
#[derive(Default)]
pub(super) struct Category {
    /// Findings by label.
    pub(super) labels: BTreeMap<Label, u64>,
    /// Items with at least one.
    pub(super) items: u64,
}

impl<'a> Totals<'a> {
    /// Counts an item.
    pub(super) fn add(&mut self, item: &Item<'a>) {
        if let Some(entry) = item.entry {
            let coverage = &entry.coverage;
            *self.statuses.entry(coverage.status).or_default() += 1;
            self.bytes += coverage.bytes;
            if coverage.status != Status::Scanned {
                let why = (coverage.status, coverage.reason);
                self.unread.entry(why).or_default().push(entry);
            }
            if let Some(label) = entry.label {
                *self.labels.entry(label).or_default() += 1;
            }
        }
        let findings = item.findings.len() as u64 + item.not_kept();
        self.findings += findings;
        self.with_findings += u64::from(findings > 0);
        let mut counts: BTreeMap<(&Arc<str>, Label), u64> = BTreeMap::new();
        for finding in item.findings.iter() {
            let kind = (&finding.detector.category, finding.label);
            *counts.entry(kind).or_default() += 1;
        }
        let mut last = None;
        for ((name, label), count) in counts {
            let category = self.categories.entry(name.clone()).or_default();
            *category.labels.entry(label).or_default() += count;
            // They come by category.
            category.items += u64::from(last.replace(name) != Some(name));
        }
    }

    /// Items that were not read in full, by why: failures first, and the most
    /// frequent first among equals.
    pub(super) fn unread(&self) -> Vec<Unread<'_>> {
        let mut all: Vec<Unread<'_>> = self
            .unread
            .iter()
            .map(|(&(status, reason), entries)| Unread {
                status,
                reason,
                entries,
            })
            .collect();
        all.sort_by_key(|unread| {
            let urgency = match unread.status {
                Status::Failed => 0,
                Status::Partial => 1,
                Status::Skipped | Status::Scanned => 2,
            };
            (urgency, Reverse(unread.entries.len()), unread.reason)
        });
        all
    }

    /// How many items ended as `status`.
    pub(super) fn items(&self, status: Status) -> u64 {
        self.statuses.get(&status).copied().unwrap_or(0)
    }
}
