//! A hash table of bounded size that retires what was idle longest.

use core::hash::{BuildHasher, Hash};
use hashbrown::{DefaultHashBuilder, HashTable};

const NONE: u32 = u32::MAX;

/// The order in which entries of a kind were used, as a list through the links.
#[derive(Clone, Copy, Debug)]
struct Order {
    oldest: u32,
    newest: u32,
    len: usize,
}

impl Order {
    const EMPTY: Order = Order { oldest: NONE, newest: NONE, len: 0 };
}

/// The neighbours of an entry in its order. They are apart from the entries, which are large: each packet changes the
/// links of three entries.
#[derive(Clone, Copy, Debug)]
struct OrderLink {
    older: u32,
    newer: u32,
    /// Whether the entry is in the order of those that were answered.
    is_answered: bool,
}

/// The hash of a key in a table, as far as the table keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct KeyHash(u32);

impl KeyHash {
    /// The index takes the lowest and the highest bits.
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.0) << 32 | u64::from(self.0)
    }
}

/// Values by key. When the table is full, those that were idle longest make room: of entries that were not answered while
/// they are more than `most_unanswered`, of the others after that.
#[derive(Debug)]
pub(super) struct BoundedTable<K, V> {
    hasher: DefaultHashBuilder,
    /// Hashes of keys and indexes of their entries. With the hashes here the index grows without a look at the entries,
    /// which are in as many places of memory.
    places: HashTable<(KeyHash, u32)>,
    entries: Vec<(K, V)>,
    links: Vec<OrderLink>,
    unanswered: Order,
    answered: Order,
    limit: usize,
    most_unanswered: usize,
    /// The entry that was used last: packets of a conversation often follow each other.
    last: u32,
}

impl<K: Copy + Eq + Hash, V> BoundedTable<K, V> {
    /// A table that keeps entries that were not answered to a quarter, so that a flood of conversations with one side does
    /// not push out the others.
    pub(super) fn new(limit: usize) -> Self {
        let limit = limit.clamp(16, NONE as usize - 1);
        Self::with_unanswered(limit, limit / 4)
    }

    /// A table in which entries that were answered make room first.
    pub(super) fn keeping_unanswered(limit: usize) -> Self {
        let limit = limit.clamp(16, NONE as usize - 1);
        Self::with_unanswered(limit, limit)
    }

    /// The hash of the table has a random key, so no sender can choose keys that collide.
    fn with_unanswered(limit: usize, most_unanswered: usize) -> Self {
        BoundedTable {
            hasher: DefaultHashBuilder::default(),
            places: HashTable::new(),
            entries: Vec::new(),
            links: Vec::new(),
            unanswered: Order::EMPTY,
            answered: Order::EMPTY,
            limit,
            most_unanswered,
            last: NONE,
        }
    }

    /// The hash of a key.
    #[inline]
    fn hash(&self, key: &K) -> KeyHash {
        KeyHash(self.hasher.hash_one(key) as u32)
    }

    /// The place of the entry with a key, which becomes the one that was used last.
    #[inline]
    pub(super) fn find(&mut self, key: &K) -> Option<usize> {
        let at = match self.entries.get(self.last as usize) {
            Some((last, _)) if last == key => self.last,
            _ => {
                let (hash, entries) = (self.hash(key), &self.entries);
                let is_it = |&(other, at): &(KeyHash, u32)| other == hash && entries[at as usize].0 == *key;
                self.places.find(hash.bits(), is_it)?.1
            }
        };
        self.last = at;
        self.make_newest(at);
        Some(at as usize)
    }

    /// The value at a place that [`find`](Self::find) or [`insert`](Self::insert) gave.
    #[inline]
    pub(super) fn at(&mut self, place: usize) -> &mut V {
        &mut self.entries[place].1
    }

    /// Adds an entry whose key is not in the table. If the table is full, an entry makes room, which is returned.
    pub(super) fn insert(&mut self, key: K, value: V) -> (usize, Option<(K, V)>) {
        let hash = self.hash(&key);
        let Self { hasher, places, entries, .. } = self;
        let (at, retired) = if entries.len() < self.limit {
            entries.push((key, value));
            self.links.push(OrderLink { older: NONE, newer: NONE, is_answered: false });
            (entries.len() as u32 - 1, None)
        } else {
            let at = match self.unanswered.len > self.most_unanswered || self.answered.len == 0 {
                true => self.unanswered.oldest,
                false => self.answered.oldest,
            };
            let before = KeyHash(hasher.hash_one(entries[at as usize].0) as u32);
            if let Ok(place) = places.find_entry(before.bits(), |&(_, other)| other == at) {
                place.remove();
            }
            let retired = core::mem::replace(&mut entries[at as usize], (key, value));
            self.unlink(at);
            self.links[at as usize].is_answered = false;
            (at, Some(retired))
        };
        self.places.insert_unique(hash.bits(), (hash, at), |(hash, _)| hash.bits());
        self.link(at);
        self.last = at;
        (at as usize, retired)
    }

    /// Notes that both sides of an entry were heard.
    #[inline]
    pub(super) fn answered(&mut self, place: usize) {
        if !self.links[place].is_answered {
            self.unlink(place as u32);
            self.links[place].is_answered = true;
            self.link(place as u32);
        }
    }

    /// Notes that an entry has a new value that was not answered.
    pub(super) fn unanswered(&mut self, place: usize) {
        if self.links[place].is_answered {
            self.unlink(place as u32);
            self.links[place].is_answered = false;
            self.link(place as u32);
        }
    }

    /// All keys and values, in the order in which their places were first used.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// All keys and values, in that order.
    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (*key, value))
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    fn make_newest(&mut self, at: u32) {
        if self.links[at as usize].newer != NONE {
            self.unlink(at);
            self.link(at);
        }
    }

    fn unlink(&mut self, at: u32) {
        let OrderLink { older, newer, is_answered } = self.links[at as usize];
        match self.links.get_mut(older as usize) {
            Some(link) => link.newer = newer,
            None => self.order(is_answered).oldest = newer,
        }
        match self.links.get_mut(newer as usize) {
            Some(link) => link.older = older,
            None => self.order(is_answered).newest = older,
        }
        self.order(is_answered).len -= 1;
    }

    /// Makes an entry the newest of its order.
    fn link(&mut self, at: u32) {
        let is_answered = self.links[at as usize].is_answered;
        let order = self.order(is_answered);
        order.len += 1;
        let before = core::mem::replace(&mut order.newest, at);
        if before == NONE {
            order.oldest = at;
        } else {
            self.links[before as usize].newer = at;
        }
        let link = &mut self.links[at as usize];
        (link.older, link.newer) = (before, NONE);
    }

    #[inline]
    fn order(&mut self, is_answered: bool) -> &mut Order {
        if is_answered { &mut self.answered } else { &mut self.unanswered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_that_was_idle_longest_makes_room() {
        let mut table = BoundedTable::new(16);
        for n in 0..16 {
            assert!(table.insert(n, n * 10).1.is_none());
        }
        assert!(table.find(&0).is_some());
        let (place, retired) = table.insert(16, 160);
        assert_eq!((retired, table.len()), (Some((1, 10)), 16));
        assert_eq!(*table.at(place), 160);
        assert!(table.find(&1).is_none());
        assert!(table.find(&0).is_some());
    }

    #[test]
    fn a_flood_of_unanswered_entries_leaves_the_answered_ones() {
        let mut table = BoundedTable::new(16);
        for n in 0..12 {
            let (place, _) = table.insert(n, n);
            table.answered(place);
        }
        for n in 100..10_000 {
            table.insert(n, n);
        }
        assert!((0..12).filter(|n| table.find(n).is_some()).count() >= 11);
    }
}
