//! A raw match, kept from logs, errors and panics by its type.

use std::fmt;

/// Bytes that matched a detector. There is no `Display`, `Debug` prints a
/// mask, and the memory is overwritten when it is dropped, so the only way to
/// see the value is [`Sensitive::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(Vec<u8>);

impl Sensitive {
    /// Wraps a raw value.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Sensitive(value.into())
    }

    /// The raw value. Every call is a place where data may leak: name a reason.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The raw value as text, with U+FFFD where it is not UTF-8.
    pub fn reveal_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for an empty value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sensitive(<{} bytes>)", self.0.len())
    }
}

impl Drop for Sensitive {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without this the compiler may see the write as dead and drop it.
        std::hint::black_box(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let text = format!("{:?}", Sensitive::new("536-22-8471"));
        assert_eq!(text, "Sensitive(<11 bytes>)");
    }
}
