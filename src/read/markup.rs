//! Text of XML that may be broken: tags out, entities resolved.

use super::Flow;

/// Longest entity that is resolved, `&#x10FFFF;` without its ends.
const LONGEST_ENTITY: usize = 8;

/// Strips the markup of XML that arrives in pieces. Never fails: what is not
/// markup is text. Between elements stands one line end.
#[derive(Debug, Default)]
pub(crate) struct Unmark {
    state: State,
    entity: Vec<u8>,
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Tag,
    Entity,
}

impl Unmark {
    /// Takes the next bytes; `write` gets the text in them.
    pub(crate) fn feed(&mut self, bytes: &[u8], write: impl FnOnce(&[u8]) -> Flow) -> Flow {
        self.text.clear();
        for &byte in bytes {
            self.step(byte);
        }
        if self.text.is_empty() {
            Flow::Continue
        } else {
            write(&self.text)
        }
    }

    fn step(&mut self, byte: u8) {
        match self.state {
            State::Text if byte == b'<' => self.state = State::Tag,
            State::Text if byte == b'&' => self.state = State::Entity,
            State::Text => self.text.push(byte),
            State::Tag if byte == b'>' => {
                self.state = State::Text;
                if self.text.last().is_none_or(|last| *last != b'\n') {
                    self.text.push(b'\n');
                }
            }
            State::Tag => {}
            State::Entity if byte == b';' => {
                match resolve(&self.entity) {
                    Some(character) => self.text.extend(character.encode_utf8(&mut [0; 4]).bytes()),
                    None => self
                        .text
                        .extend([b"&", self.entity.as_slice(), b";"].concat()),
                }
                self.entity.clear();
                self.state = State::Text;
            }
            State::Entity
                if self.entity.len() < LONGEST_ENTITY
                    && (byte == b'#' || byte.is_ascii_alphanumeric()) =>
            {
                self.entity.push(byte);
            }
            State::Entity => {
                self.text.push(b'&');
                self.text.append(&mut self.entity);
                self.state = State::Text;
                self.step(byte);
            }
        }
    }
}

/// The character of `&…;`: the five of XML and numbers; nothing is ever expanded.
pub(crate) fn resolve(entity: &[u8]) -> Option<char> {
    match entity {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x', hex @ ..] => u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16)
            .ok()
            .and_then(char::from_u32),
        [b'#', decimal @ ..] => std::str::from_utf8(decimal)
            .ok()?
            .parse()
            .ok()
            .and_then(char::from_u32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_text_at_any_cut() {
        let xml = b"<a b='c'>Ann &amp; Bob<i/>&#233;&x; A&B &unknown; 1 < 2</a>";
        for step in [1, 2, 5, 100] {
            let (mut unmark, mut text) = (Unmark::default(), Vec::new());
            for piece in xml.chunks(step) {
                unmark.feed(piece, |part| {
                    text.extend_from_slice(part);
                    Flow::Continue
                });
            }
            let text = String::from_utf8(text).unwrap();
            assert_eq!(
                text.split_whitespace().collect::<Vec<_>>().join(" "),
                "Ann & Bob é&x; A&B &unknown; 1",
                "step {step}"
            );
        }
    }
}
