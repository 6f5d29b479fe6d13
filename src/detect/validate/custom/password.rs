//! password
pub(super) fn password_like(text: &str) -> bool {
    !text.is_empty()
}
