//! The ZIP package of a workbook: bounds first, then its parts.

use std::collections::BTreeMap;
use std::io::BufReader;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::model::{Coverage, Reason};
use crate::read::Limits;
use crate::read::markup::resolve;
use crate::read::spool::{Spool, could_not_read};

/// More members than any real workbook has.
const MOST_MEMBERS: usize = 100_000;
/// Below this, expanding costs nothing whatever the ratio.
const HARMLESS: u64 = 64 << 20;
/// A relationship part, or another that is held in memory, is no longer than this.
const SMALL_PART: u64 = 16 << 20;

/// XML of a part, streamed.
pub(super) type Xml<'a> = XmlReader<BufReader<ZipFile<'a, Spool>>>;

/// A package whose size is known to be within bounds.
pub(super) struct Package {
    zip: ZipArchive<Spool>,
    /// Members by what [`canonical`] makes of their names.
    members: BTreeMap<String, usize>,
}

/// A link from one part to another (ECMA-376 part 2, 9.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last word of the relationship type.
    pub(super) kind: String,
    /// Name of the part without leading slash; an address when external.
    pub(super) target: String,
    pub(super) external: bool,
}

impl Package {
    /// Opens a package and checks what it would expand to by its directory. A
    /// directory that lies gains nothing: the ZIP reader ends a member with an
    /// error where its declared size does.
    ///
    /// # Errors
    /// [`Coverage`] of a package that is broken, encrypted or out of bounds.
    pub(super) fn open(file: Spool, size: u64, limits: &Limits) -> Result<Self, Coverage> {
        let mut zip = ZipArchive::new(file).map_err(|error| not_a_package(&error))?;
        if zip.len() > MOST_MEMBERS {
            let detail = format!("{} members, more than {MOST_MEMBERS}", zip.len());
            return Err(Coverage::failed(Reason::LimitEntries, detail));
        }
        let mut bounds = Bounds {
            size,
            limits,
            total: 0,
        };
        let mut members = BTreeMap::new();
        for index in 0..zip.len() {
            let member = zip
                .by_index_raw(index)
                .map_err(|error| not_a_package(&error))?;
            if member.encrypted() {
                return Err(Coverage::failed(
                    Reason::Encrypted,
                    "members of the package are encrypted",
                ));
            }
            let name = canonical(&String::from_utf8_lossy(member.name_raw()));
            members.entry(name).or_insert(index);
            bounds.add(member.size())?;
        }
        Ok(Package { zip, members })
    }

    /// Size that the directory gives for a part; 0 when there is none.
    pub(super) fn declared_size(&mut self, name: &str) -> u64 {
        self.part(name).map_or(0, |part| part.size())
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(&canonical(name))
    }

    /// The parts in a folder, by canonical name.
    pub(super) fn parts_in(&self, folder: &str) -> Vec<String> {
        let names = self.members.range(folder.to_owned()..);
        let inside = names
            .map(|(name, _)| name)
            .take_while(|name| name.starts_with(folder));
        inside.cloned().collect()
    }

    /// Opens a part.
    pub(super) fn part(&mut self, name: &str) -> Option<ZipFile<'_, Spool>> {
        let index = *self.members.get(&canonical(name))?;
        self.zip.by_index(index).ok()
    }

    pub(super) fn xml(&mut self, name: &str) -> Option<Xml<'_>> {
        let mut reader = XmlReader::from_reader(BufReader::new(self.part(name)?));
        let config = reader.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Some(reader)
    }

    /// What a part links to; the package itself has the name `""`.
    pub(super) fn relationships(&mut self, of: &str) -> Vec<Relationship> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = format!(
            "{folder}{}_rels/{file}.rels",
            if folder.is_empty() { "" } else { "/" }
        );
        if self.declared_size(&name) > SMALL_PART {
            return Vec::new();
        }
        let Some(mut xml) = self.xml(&name) else {
            return Vec::new();
        };
        let (mut buffer, mut found) = (Vec::new(), Vec::new());
        while let Ok(event) = xml.read_event_into(&mut buffer) {
            match event {
                Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                    let external =
                        attribute(&element, "TargetMode").is_some_and(|mode| mode == "External");
                    let target = attribute(&element, "Target").unwrap_or_default();
                    let kind = attribute(&element, "Type").unwrap_or_default();
                    found.push(Relationship {
                        id: attribute(&element, "Id").unwrap_or_default(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: if external {
                            target
                        } else {
                            resolve_target(folder, &target)
                        },
                        external,
                    });
                }
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        found
    }

    /// Gives the file back, for a parser that opens it on its own.
    pub(super) fn into_file(self) -> Spool {
        self.zip.into_inner()
    }
}

/// Part names are compared without case (ECMA-376 part 2, 6.2.2), and some
/// writers use backslashes.
fn canonical(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.trim_start_matches('/').to_owned()
}

/// Running total of what the members expand to.
struct Bounds<'l> {
    size: u64,
    limits: &'l Limits,
    total: u64,
}

impl Bounds<'_> {
    fn add(&mut self, bytes: u64) -> Result<(), Coverage> {
        self.total = self.total.saturating_add(bytes);
        if self.total > HARMLESS && self.total / self.size.max(1) > self.limits.ratio {
            let detail = format!(
                "{} bytes expand by more than {}:1",
                self.size, self.limits.ratio
            );
            return Err(Coverage::failed(Reason::LimitRatio, detail));
        }
        if self.total > self.limits.expanded_bytes {
            let detail = format!("expands to more than {} bytes", self.limits.expanded_bytes);
            return Err(Coverage::failed(Reason::LimitBytes, detail));
        }
        Ok(())
    }
}

fn not_a_package(error: &ZipError) -> Coverage {
    match error {
        ZipError::Io(error) => could_not_read(error),
        // Without its end the directory is missing, so this is the usual cause.
        ZipError::InvalidArchive(_) => Coverage::failed(
            Reason::Truncated,
            "no directory at the end of the package: cut off or damaged",
        ),
        _ => Coverage::failed(Reason::Malformed, "not a readable ZIP package"),
    }
}

/// The value of an attribute by its local name, entities resolved.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(unescape(&found.value))
}

/// True for `1`, `true` and `on`.
pub(super) fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after
            .split_once(';')
            .and_then(|(entity, after)| Some((resolve(entity.as_bytes())?, after)));
        match entity {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Appends the text of an event, when it is text.
pub(super) fn push_text(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(part.as_ref()),
        Event::GeneralRef(entity) => text.extend(resolve(entity.as_ref().as_bytes())),
        _ => {}
    }
}

/// The name of the part that `target` means, seen from a part in `folder`.
fn resolve_target(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut segments = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect::<Vec<_>>(),
    };
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_targets() {
        assert_eq!(
            resolve_target("xl/worksheets", "../comments1.xml"),
            "xl/comments1.xml"
        );
        assert_eq!(
            resolve_target("xl", "/xl/worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolve_target("", "../../xl/workbook.xml"),
            "xl/workbook.xml"
        );
    }

    #[test]
    fn unescapes_attributes() {
        assert_eq!(unescape("R&amp;D &#x41; & &nope; &lt;"), "R&D A & &nope; <");
    }
}
