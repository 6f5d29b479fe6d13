//! Key paths: which field a value belongs to.
//!
//! Arrays fold (`users[].email`), and so do the keys of maps: an object that is
//! keyed by data would otherwise make a field of every entry
//! (`accounts.*.balance`). Folded keys are values themselves.

use std::collections::HashMap;

use super::leads::Leads;
use super::lex::unescape;
use crate::model::{Field, Table};
use crate::read::feed::MOST_FIELDS;

/// The path of the document itself.
pub(super) const ROOT: u32 = 0;

/// Keys that an object path may have before the rest of them fold.
const MOST_KEYS: usize = 1024;
/// Paths; each may need a field for its values and one for its keys.
const MOST_PATHS: usize = MOST_FIELDS / 2 - 2;
/// Longest key that is taken for a name.
const LONGEST_KEY: usize = 64;
/// Longest name of a field.
const LONGEST_PATH: usize = 512;

/// All paths of an item and the fields they have become.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// Parent (four bytes) and key as written, to the node.
    children: HashMap<Vec<u8>, u32>,
    scratch: Vec<u8>,
    pub(super) table: Table,
    comments: Option<u32>,
}

#[derive(Debug, Default)]
struct Node {
    name: String,
    /// Keys that the object here has had.
    count: usize,
    /// What stood behind the brace that opens the object here.
    first: Leads,
    /// What stood behind the value here.
    next: Leads,
    element: Option<u32>,
    folded: Option<u32>,
    field: Option<u32>,
    keys: Option<u32>,
}

/// A place between values from which a key may follow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Behind the brace that opens the object at a path.
    First(u32),
    /// Behind the value of the key at a path.
    Next(u32),
}

/// A step down to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) node: u32,
    /// The key is to be handed out as a value: it is new, or data.
    pub(super) show: bool,
}

impl Paths {
    pub(super) fn new() -> Self {
        Paths {
            nodes: vec![Node::default()],
            children: HashMap::new(),
            scratch: Vec::new(),
            table: Table::default(),
            comments: None,
        }
    }

    /// The length of what leads from `place`, in front of `text`, to the value
    /// of the next key, when that is as it was before, and the path of the key.
    #[inline]
    pub(super) fn follow(&self, place: Place, text: &[u8]) -> Option<(usize, u32)> {
        match place {
            Place::First(node) => self.nodes[node as usize].first.find(text),
            Place::Next(node) => self.nodes[node as usize].next.find(text),
        }
    }

    /// Remembers that `text` led from `place` to the key at `to`.
    pub(super) fn learn(&mut self, place: Place, text: &[u8], to: u32) {
        match place {
            Place::First(node) => self.nodes[node as usize].first.add(text, to),
            Place::Next(node) => self.nodes[node as usize].next.add(text, to),
        }
    }

    /// The path of `key`, as it is written, in the object at `parent`.
    pub(super) fn key(&mut self, parent: u32, key: &[u8]) -> Step {
        self.scratch.clear();
        self.scratch.extend_from_slice(&parent.to_le_bytes());
        self.scratch.extend_from_slice(key);
        if let Some(&node) = self.children.get(&self.scratch) {
            return Step { node, show: false };
        }
        let above = &self.nodes[parent as usize];
        let room = above.count < MOST_KEYS
            && self.nodes.len() < MOST_PATHS
            && above.name.len() < LONGEST_PATH;
        if !room || !is_name(key) {
            return Step {
                node: self.folded(parent),
                show: true,
            };
        }
        let mut name = self.prefix(parent);
        let mut decoded = Vec::new();
        unescape(key, &mut decoded);
        name.push_str(&String::from_utf8_lossy(&decoded));
        let node = self.add(Node {
            name,
            ..Node::default()
        });
        self.children.insert(self.scratch.clone(), node);
        self.nodes[parent as usize].count += 1;
        Step { node, show: true }
    }

    /// The path of the elements of the array at `parent`.
    pub(super) fn element(&mut self, parent: u32) -> u32 {
        let above = &self.nodes[parent as usize];
        if let Some(node) = above.element {
            return node;
        }
        if self.nodes.len() >= MOST_PATHS || above.name.len() >= LONGEST_PATH {
            return parent;
        }
        // The elements of the outermost array are the records.
        let name = if parent == ROOT {
            String::new()
        } else {
            format!("{}[]", above.name)
        };
        let node = self.add(Node {
            name,
            ..Node::default()
        });
        self.nodes[parent as usize].element = Some(node);
        node
    }

    /// The path of the keys of the object at `parent` that are data.
    fn folded(&mut self, parent: u32) -> u32 {
        if let Some(node) = self.nodes[parent as usize].folded {
            return node;
        }
        if self.nodes.len() >= MOST_PATHS || self.nodes[parent as usize].name.len() >= LONGEST_PATH
        {
            return parent;
        }
        let name = self.prefix(parent) + "*";
        let node = self.add(Node {
            name,
            ..Node::default()
        });
        self.nodes[parent as usize].folded = Some(node);
        node
    }

    fn prefix(&self, parent: u32) -> String {
        let above = &self.nodes[parent as usize].name;
        if above.is_empty() {
            String::new()
        } else {
            format!("{above}.")
        }
    }

    fn add(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    /// The field of values at this path.
    #[inline]
    pub(super) fn field(&mut self, node: u32) -> u32 {
        match self.nodes[node as usize].field {
            Some(field) => field,
            None => self.add_field(node),
        }
    }

    #[cold]
    fn add_field(&mut self, node: u32) -> u32 {
        let name = &self.nodes[node as usize].name;
        let name = if name.is_empty() { "$" } else { name };
        self.table.fields.push(Field::named(name));
        let field = self.table.fields.len() as u32 - 1;
        self.nodes[node as usize].field = Some(field);
        field
    }

    /// The field of the keys of the object at this path.
    pub(super) fn keys(&mut self, node: u32) -> u32 {
        if let Some(field) = self.nodes[node as usize].keys {
            return field;
        }
        let name = self.prefix(node) + "(key)";
        let field = self.unnamed(name);
        self.nodes[node as usize].keys = Some(field);
        field
    }

    /// The field of comments.
    pub(super) fn comments(&mut self) -> u32 {
        match self.comments {
            Some(field) => field,
            None => {
                let field = self.unnamed("(comment)".to_owned());
                self.comments = Some(field);
                field
            }
        }
    }

    fn unnamed(&mut self, name: String) -> u32 {
        self.table.fields.push(Field {
            named: false,
            ..Field::named(name)
        });
        self.table.fields.len() as u32 - 1
    }
}

/// True for keys that name a field, false for keys that are data: addresses,
/// numbers, identifiers, sentences.
fn is_name(key: &[u8]) -> bool {
    let count = |test: fn(&u8) -> bool| key.iter().filter(|b| test(b)).count();
    key.len() <= LONGEST_KEY
        && count(u8::is_ascii_digit) <= 4
        && count(|b| *b == b' ') <= 4
        && count(|b| *b < 0x20 || matches!(b, b'@' | b'/' | b'\\'))
            <= usize::from(matches!(key.first(), Some(b'@')))
        && std::str::from_utf8(key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_data_fold() {
        for name in [
            "email",
            "first_name",
            "Full Name",
            "@timestamp",
            "xml:lang",
            "größe",
            "a.b",
            "sha256",
        ] {
            assert!(is_name(name.as_bytes()), "{name}");
        }
        for data in [
            "ann@example.com",
            "2024-01-01",
            "555-0100",
            "https://example.com/a",
            "a sentence with far too many words",
            "6ba7b810-9dad-11d1",
        ] {
            assert!(!is_name(data.as_bytes()), "{data}");
        }
        let mut paths = Paths::new();
        let users = paths.key(ROOT, b"users").node;
        let user = paths.element(users);
        let mail = paths.key(user, b"email");
        assert!(mail.show && !paths.key(user, b"email").show);
        let field = paths.field(mail.node);
        assert_eq!(&*paths.table.fields[field as usize].name, "users[].email");
        let folded = paths.key(user, b"ann@example.com");
        assert_eq!(folded, paths.key(user, b"bob@example.com"));
        let field = paths.field(folded.node);
        assert_eq!(&*paths.table.fields[field as usize].name, "users[].*");
    }

    #[test]
    fn the_number_of_fields_is_bounded() {
        let mut paths = Paths::new();
        let letters = |mut n: u32| -> String {
            let mut key = String::new();
            while n > 0 {
                key.push(char::from(b'a' + (n % 26) as u8));
                n /= 26;
            }
            key
        };
        let mut parent = ROOT;
        for n in 0..200_000 {
            let step = paths.key(parent, letters(n + 1).as_bytes());
            paths.field(step.node);
            paths.keys(step.node);
            let element = paths.element(step.node);
            if n % 100 == 0 {
                parent = element;
            }
        }
        assert!(paths.table.fields.len() <= MOST_FIELDS);
    }
}
