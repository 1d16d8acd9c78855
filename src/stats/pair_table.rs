//! Conversations by their two addresses.

use super::traffic::Traffic;
use core::hash::{BuildHasher, Hash};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

/// Who talked to whom: two addresses, and what each sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<A> {
    /// Source and destination of the first packet.
    pub(super) ends: [A; 2],
    /// What each of them sent.
    pub(super) sent: [Traffic; 2],
    /// The least and the greatest time of the packets, in nanoseconds since 1970.
    pub(super) times: Option<(i128, i128)>,
}

impl<A: Copy + Eq> Pair<A> {
    pub(super) fn new(ends: [A; 2]) -> Self {
        Pair { ends, sent: [Traffic::default(); 2], times: None }
    }

    /// Counts a packet of one of the two.
    #[inline]
    pub(super) fn add(&mut self, side: usize, length: u64, time: Option<i128>) {
        self.sent[side].add(length);
        if let Some(time) = time {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
    }
}

/// What an address sent and received.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EndTraffic {
    pub(super) sent: Traffic,
    pub(super) received: Traffic,
}

/// Traffic by address. What has no place is counted together.
#[derive(Clone, Debug)]
pub(super) struct EndTable<A> {
    pub(super) ends: HashMap<A, EndTraffic>,
    limit: usize,
    pub(super) left_out: Traffic,
}

impl<A: Copy + Eq + Hash> EndTable<A> {
    pub(super) fn new(limit: usize) -> Self {
        EndTable { ends: HashMap::default(), limit, left_out: Traffic::default() }
    }

    /// Counts a packet that has no place in the table of conversations.
    pub(super) fn add(&mut self, [source, destination]: [A; 2], length: u64) {
        let mut traffic = Traffic::default();
        traffic.add(length);
        self.merge(source, EndTraffic { sent: traffic, ..EndTraffic::default() });
        self.merge(destination, EndTraffic { received: traffic, ..EndTraffic::default() });
    }

    fn merge(&mut self, end: A, more: EndTraffic) {
        if self.ends.len() >= self.limit && !self.ends.contains_key(&end) {
            self.left_out = self.left_out + more.sent + more.received;
            return;
        }
        let traffic = self.ends.entry(end).or_default();
        traffic.sent = traffic.sent + more.sent;
        traffic.received = traffic.received + more.received;
    }

    /// The table with the traffic of these conversations too. They have places for their ends: there are twice as many.
    pub(super) fn with<'p>(&self, pairs: impl Iterator<Item = &'p Pair<A>>) -> Self
    where
        A: 'p,
    {
        let mut all = EndTable { ends: self.ends.clone(), limit: usize::MAX, left_out: self.left_out };
        for Pair { ends, sent: [first, second], .. } in pairs {
            all.merge(ends[0], EndTraffic { sent: *first, received: *second });
            all.merge(ends[1], EndTraffic { sent: *second, received: *first });
        }
        all
    }
}

/// Conversations by their two addresses, whichever sent first.
#[derive(Clone, Debug)]
pub(super) struct PairTable<A> {
    hasher: DefaultHashBuilder,
    places: HashTable<u32>,
    pub(super) pairs: Vec<Pair<A>>,
    /// The conversation of the last packet: packets of a conversation often follow each other.
    last: usize,
    limit: usize,
    /// Packets of conversations that have no place.
    pub(super) left_out: Traffic,
    /// Ends of those conversations.
    pub(super) others: EndTable<A>,
}

impl<A: Copy + Ord + Hash> PairTable<A> {
    /// The hash has a random key, so no sender can choose addresses that collide.
    pub(super) fn new(limit: usize) -> Self {
        PairTable {
            hasher: DefaultHashBuilder::default(),
            places: HashTable::new(),
            pairs: Vec::new(),
            last: 0,
            limit: limit.min(u32::MAX as usize),
            left_out: Traffic::default(),
            others: EndTable::new(limit),
        }
    }

    /// Counts a packet.
    #[inline]
    pub(super) fn add(&mut self, source: A, destination: A, length: u64, time: Option<i128>) {
        let side = match self.pairs.get(self.last) {
            Some(Pair { ends, .. }) if *ends == [source, destination] => 0,
            Some(Pair { ends, .. }) if *ends == [destination, source] => 1,
            _ => match self.find([source, destination]) {
                Some(side) => side,
                None => {
                    self.left_out.add(length);
                    return self.others.add([source, destination], length);
                }
            },
        };
        self.pairs[self.last].add(side, length, time);
    }

    /// Makes the conversation the last one, and returns the side of the source. `None` if there is no place for it.
    fn find(&mut self, ends: [A; 2]) -> Option<usize> {
        let PairTable { hasher, places, pairs, .. } = self;
        let key = |[a, b]: [A; 2]| if a <= b { [a, b] } else { [b, a] };
        let wanted = key(ends);
        let hash = hasher.hash_one(wanted);
        if let Some(at) = places.find(hash, |at| key(pairs[*at as usize].ends) == wanted) {
            self.last = *at as usize;
            return Some(usize::from(pairs[self.last].ends != ends));
        }
        if pairs.len() >= self.limit {
            return None;
        }
        self.last = pairs.len();
        pairs.push(Pair::new(ends));
        places.insert_unique(hash, self.last as u32, |at| hasher.hash_one(key(pairs[*at as usize].ends)));
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_place_is_counted_together() {
        let mut table = PairTable::new(2);
        for (source, destination) in [(1, 2), (2, 1), (1, 3), (1, 4), (5, 1), (6, 7), (1, 2)] {
            table.add(source, destination, 100, None);
        }
        let sent: Vec<_> = table.pairs.iter().map(|pair| pair.sent.map(|traffic| traffic.packets)).collect();
        assert_eq!(sent, [[2, 1], [1, 0]]);
        assert_eq!(table.left_out, Traffic { packets: 3, bytes: 300 });
        // Ends of conversations that have a place, and two more.
        let ends = table.others.with(table.pairs.iter());
        let of = |end| ends.ends.get(&end).map(|end| (end.sent.packets, end.received.packets));
        assert_eq!((of(1), of(2), of(3), of(4)), (Some((4, 2)), Some((1, 2)), Some((0, 1)), Some((0, 1))));
        assert_eq!((of(5), of(6), of(7)), (None, None, None));
        assert_eq!(ends.left_out, Traffic { packets: 3, bytes: 300 });
    }
}
