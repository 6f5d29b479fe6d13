//! What stands between values. Records repeat their keys in order and a
//! program writes them the same way each time, so the bytes from one value to
//! the next are mostly those of the record before. They are compared whole
//! instead of being read as a comma, white space, a key and a colon.

/// Bytes that are compared at once.
const HEAD: usize = 32;
/// Longest lead that is remembered.
const LONGEST: usize = 128;
/// Leads that are remembered behind one value: keys may be missing at times.
const MOST: usize = 4;

/// The leads that were seen behind one value, or behind one opening brace.
#[derive(Debug, Default)]
pub(super) struct Leads(Vec<Lead>);

#[derive(Debug)]
struct Lead {
    /// Its first bytes, and which of them count.
    head: [u64; HEAD / 8],
    mask: [u64; HEAD / 8],
    tail: Box<[u8]>,
    length: usize,
    /// The path of the key.
    node: u32,
}

impl Leads {
    /// The length of the lead that `text` starts with, and the path of its key.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<(usize, u32)> {
        let head = words(text.first_chunk()?);
        let fits = |lead: &&Lead| {
            let differs = |at: usize| (head[at] ^ lead.head[at]) & lead.mask[at];
            (differs(0) | differs(1) | differs(2) | differs(3)) == 0
                && (lead.length <= HEAD || text[HEAD..].starts_with(&lead.tail))
        };
        let lead = self.0.iter().find(fits)?;
        Some((lead.length, lead.node))
    }

    /// Remembers that `text` led to the key at `node`.
    pub(super) fn add(&mut self, text: &[u8], node: u32) {
        if text.len() > LONGEST {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop();
        }
        let (head, tail) = text.split_at(text.len().min(HEAD));
        let mut bytes = [0; HEAD];
        let mut mask = [0; HEAD];
        bytes[..head.len()].copy_from_slice(head);
        mask[..head.len()].fill(0xFF);
        self.0.push(Lead {
            head: words(&bytes),
            mask: words(&mask),
            tail: tail.into(),
            length: text.len(),
            node,
        });
    }
}

#[inline]
fn words(bytes: &[u8; HEAD]) -> [u64; HEAD / 8] {
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|at| u64::from_ne_bytes(words[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_found_by_all_of_its_bytes() {
        let mut leads = Leads::default();
        let long = format!(",\n{}\"name\":", " ".repeat(40));
        leads.add(b",\"id\":", 1);
        leads.add(long.as_bytes(), 2);
        let behind = "0".repeat(40);
        let find = |text: &str| leads.find(format!("{text}{behind}").as_bytes());
        assert_eq!(find(",\"id\":"), Some((6, 1)));
        assert_eq!(find(&long), Some((long.len(), 2)));
        assert_eq!(find(",\"ix\":"), None);
        assert_eq!(find(&long.replace("name", "nome")), None);
        // Too near to the end to be compared.
        assert_eq!(leads.find(b",\"id\":1"), None);
    }

    #[test]
    fn only_so_many_and_so_long_ones_are_remembered() {
        let mut leads = Leads::default();
        leads.add(&[b' '; LONGEST + 1], 1);
        assert!(leads.0.is_empty());
        for node in 0..100 {
            leads.add(format!("{node:3}").as_bytes(), node);
        }
        assert_eq!(leads.0.len(), MOST);
        assert_eq!(leads.find(&[b' '; 64]), None);
    }
}
