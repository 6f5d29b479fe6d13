//! placeholder
pub(super) fn not_placeholder(text: &str) -> bool {
    !text.is_empty()
}
