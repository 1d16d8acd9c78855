//! The nearest of the known names, for messages about unknown ones.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt::Display;

/// Longest name that is compared, in bytes. Comparing takes time in proportion to the lengths of both names.
const MAX_LEN: usize = 64;

/// The known name that is most like `name`, unless more than a third of its letters differ.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_LEN {
        return None;
    }
    let most = (name.len() / 3).max(1);
    let near = known.map(|known| (distance(known, name), known)).filter(|&(distance, _)| distance <= most);
    // Of names that are equally near, the one that begins alike: a slip is seldom in the first letters.
    near.min_by_key(|&(distance, known)| (distance, Reverse(beginning(known, name)))).map(|(_, known)| known)
}

/// What a message about an unknown name says at its end: the nearest known name, or nothing.
pub(crate) fn or_the_nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).map_or(String::new(), |near| the_nearest(&near))
}

/// What a message about an unknown name says of a near one.
pub(crate) fn the_nearest(near: &dyn Display) -> String {
    format!("; the nearest is {near}")
}

/// How many of their first letters two names share.
fn beginning(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

/// How many letters must be inserted, removed, replaced or exchanged with their neighbour to make one word of the other
/// (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(!x.eq_ignore_ascii_case(y));
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x.eq_ignore_ascii_case(&b[j - 1]) && a[i - 1].eq_ignore_ascii_case(y) {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = core::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest, or_the_nearest};

    #[test]
    fn a_name_with_a_slip_is_found_and_another_word_is_not() {
        let known = || ["tcp.port", "tcp.srcport", "udp.length"].into_iter();
        assert_eq!(nearest("tcp.prt", known()), Some("tcp.port"));
        assert_eq!(nearest("udp.lenght", known()), Some("udp.length"));
        assert_eq!(nearest("tpc.port", known()), Some("tcp.port"), "letters exchanged");
        assert_eq!(nearest("TCP.PORT", known()), Some("tcp.port"));
        assert_eq!(nearest("colour", known()), None);
        let flags = ["tcp.flags.fin", "tcp.flags.syn"].into_iter();
        assert_eq!(nearest("tcp.flags.sin", flags), Some("tcp.flags.syn"), "equally near");
        assert_eq!(or_the_nearest("tcp.prt", known()), "; the nearest is tcp.port");
        assert_eq!(or_the_nearest("colour", known()), "");
        assert_eq!(nearest(&"x".repeat(1000), known()), None);
    }
}
