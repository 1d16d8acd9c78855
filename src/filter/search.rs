//! Searching for many byte strings at once, in time that grows with the bytes and not with the pairs.

use super::datum::Datum;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

/// A state: what of the searched strings has been read last.
#[derive(Debug, Default)]
struct SearchState {
    /// The states after one more byte, in order of the byte.
    next: Vec<(u8, u32)>,
    /// The state of the longest proper end of what has been read.
    shorter: u32,
    /// Whether a searched string ends here.
    is_end: bool,
    /// The bytes that were searched last when this state was met.
    met_in: u32,
}

/// An automaton that finds all of some byte strings in one pass (Aho and Corasick, 1975).
#[derive(Debug)]
pub(super) struct Search {
    states: Vec<SearchState>,
    /// How many different strings are searched.
    strings: usize,
    searches: u32,
}

impl Search {
    /// Searches for the bytes of these values.
    pub(super) fn new(values: &[Datum<'_>]) -> Self {
        let mut search = Search { states: vec![SearchState::default()], strings: 0, searches: 0 };
        for value in values {
            let mut state = 0;
            for &byte in value.as_bytes() {
                state = match search.after(state, byte) {
                    Some(next) => next,
                    None => search.add(state, byte),
                };
            }
            let end = &mut search.states[state as usize].is_end;
            search.strings += usize::from(!*end);
            *end = true;
        }
        search.link();
        search
    }

    fn after(&self, state: u32, byte: u8) -> Option<u32> {
        let next = &self.states[state as usize].next;
        next.binary_search_by_key(&byte, |(known, _)| *known).ok().map(|at| next[at].1)
    }

    fn add(&mut self, state: u32, byte: u8) -> u32 {
        let new = self.states.len() as u32;
        self.states.push(SearchState::default());
        let next = &mut self.states[state as usize].next;
        let at = next.partition_point(|(known, _)| *known < byte);
        next.insert(at, (byte, new));
        new
    }

    /// Finds the longest proper end of each state, those of the shorter states first.
    fn link(&mut self) {
        let mut queue: VecDeque<u32> = self.states[0].next.iter().map(|(_, state)| *state).collect();
        while let Some(state) = queue.pop_front() {
            for (byte, next) in self.states[state as usize].next.clone() {
                self.states[next as usize].shorter = self.step(self.states[state as usize].shorter, byte);
                queue.push_back(next);
            }
        }
    }

    /// The state after one more byte, which may forget the first bytes.
    fn step(&self, mut state: u32, byte: u8) -> u32 {
        loop {
            match self.after(state, byte) {
                Some(next) => return next,
                None if state == 0 => return 0,
                None => state = self.states[state as usize].shorter,
            }
        }
    }

    /// How many of the strings the bytes contain, at most `enough`.
    fn count_in(&mut self, bytes: &[u8], enough: usize) -> usize {
        self.searches += 1;
        let mut found = self.meet(0);
        let mut state = 0;
        for &byte in bytes {
            if found >= enough {
                break;
            }
            state = self.step(state, byte);
            found += self.meet(state);
        }
        found.min(enough)
    }

    /// Whether the bytes contain a string.
    pub(super) fn finds_one_in(&mut self, bytes: &[u8]) -> bool {
        self.count_in(bytes, 1) == 1
    }

    /// Whether the bytes contain all strings.
    pub(super) fn finds_all_in(&mut self, bytes: &[u8]) -> bool {
        self.count_in(bytes, self.strings) == self.strings
    }

    /// Marks a state and those of its ends, and counts the strings that end there. What is marked has been counted.
    fn meet(&mut self, mut state: u32) -> usize {
        let mut found = 0;
        loop {
            let met = &mut self.states[state as usize];
            if met.met_in == self.searches {
                return found;
            }
            met.met_in = self.searches;
            found += usize::from(met.is_end);
            state = met.shorter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_strings_are_found_as_one_by_one() {
        let strings: [&[u8]; 8] = [b"", b"a", b"ab", b"bab", b"abab", b"ba", b"cab", b"x"];
        let values: Vec<_> = strings.iter().chain([&strings[1]]).map(|string| Datum::bytes(string)).collect();
        let mut search = Search::new(&values);
        let texts: [&[u8]; 6] = [b"", b"abab", b"xcab", b"yyy", b"bbabx", b"a"];
        for text in texts {
            let one_by_one = strings.iter().filter(|string| super::super::datum::contains(text, string)).count();
            assert_eq!(search.count_in(text, usize::MAX), one_by_one, "{text:?}");
            assert_eq!(search.count_in(text, 2), one_by_one.min(2));
            assert_eq!(search.finds_all_in(text), one_by_one == strings.len());
        }
        assert!(search.finds_all_in(b"ababxcab"));
    }

    #[test]
    fn the_time_grows_with_the_bytes_and_not_with_the_pairs() {
        // As many strings, and as many bytes that contain almost all of each: one by one, this takes minutes.
        let string = |i: u32| {
            let mut bytes = vec![b'a'; 64];
            bytes.extend(i.to_be_bytes());
            bytes
        };
        let strings: Vec<_> = (0..4000).map(string).collect();
        let values: Vec<_> = strings.iter().map(|string| Datum::bytes(string)).collect();
        let mut search = Search::new(&values);
        let bytes = vec![b'a'; 1 << 16];
        for _ in 0..100 {
            assert!(!search.finds_one_in(&bytes));
        }
    }
}
