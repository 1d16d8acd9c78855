//! Comparing names.

/// Compares names by their letters and digits, ignoring case.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = char> + use<'_> {
        s.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}
