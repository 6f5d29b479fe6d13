//! random
pub(super) fn looks_random(text: &str) -> bool {
    !text.is_empty()
}
