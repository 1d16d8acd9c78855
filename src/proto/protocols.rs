//! Which protocols are known, and by which numbers.

use super::custom::{CustomProtocol, ProtocolDefinition};
use super::{Proto, ProtoRow};
use crate::layer::NextProtocol;
use core::fmt;

/// The protocols that a walk knows: those of this crate, and what is added, mapped or left out.
///
/// It is a value without allocation. As a `static`, a number that is already taken is an error of the compiler. Protocols
/// of your own are [added](Self::with) by their type, see [`CustomProtocol`]. What is known is asked here:
/// [`dissect`](Self::dissect), [`examine`](Self::examine), [`edit`](Self::edit), and with `alloc` `filter` and `packet`.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, NextProtocol, Proto, Protocols, Stack, Udp};
/// // DNS on another port, and no HTTP.
/// static KNOWN: Protocols = Protocols::builtin()
///     .decode_as(NextProtocol::UdpPort(8053), NextProtocol::UdpPort(53))
///     .without(Proto::Http);
/// let udp = Udp::build().src_port(40000).dst_port(8053);
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(udp).payload(&[0; 12]).finish().unwrap();
/// assert_eq!(KNOWN.dissect(1, &frame).last().unwrap().proto, Proto::Dns);
/// assert_eq!(packetsmith::dissect(1, &frame).last().unwrap().proto, Proto::Data);
/// ```
#[derive(Clone, Copy)]
pub struct Protocols {
    entries: [AddedNumber; Self::MAX],
    count: usize,
    /// The kinds of numbers that have entries, one bit each.
    kinds: u8,
    /// For each kind, the last six bits of the numbers that have entries, one bit each. Most packets have none of them.
    present: [u64; 8],
    /// Protocols that are left out: bits of rows of the stack map.
    without: [u64; 2],
    leaves_out: bool,
    heuristics: bool,
}

/// A number with another meaning than in the stack map.
#[derive(Clone, Copy, Debug)]
struct AddedNumber {
    key: u32,
    target: Target,
}

/// What a number selects that has an entry.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A protocol from outside.
    Custom(&'static ProtocolDefinition),
    /// What another selector selects.
    As(NextProtocol),
}

/// Why a protocol or a number cannot be added.
///
/// ```
/// use packetsmith::{NextProtocol, Protocols};
/// let error = Protocols::builtin().try_decode_as(NextProtocol::Llc, NextProtocol::UdpPort(53)).unwrap_err();
/// assert_eq!(error.to_string(), "Llc is no number: only EtherTypes, IP protocols, ports, link types, PPP protocols and \
///     service access points can be mapped");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolConflict {
    /// The number selects this protocol already. [`Proto::Data`] if the first bytes decide which one.
    Number(NextProtocol, Proto),
    /// A protocol has this name already.
    Name(&'static str),
    /// The protocol of this name has no number that selects it.
    NoNumber(&'static str),
    /// The selector is no number, or of a kind that cannot be mapped.
    NotANumber(NextProtocol),
    /// There are more than [`Protocols::MAX`] numbers.
    Full,
}

impl fmt::Display for ProtocolConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProtocolConflict::Number(number, Proto::Data) => {
                write!(f, "{number:?} is taken: the first bytes decide which protocol it selects")
            }
            ProtocolConflict::Number(number, proto) => write!(f, "{number:?} selects {} already", proto.name()),
            ProtocolConflict::Name(name) => write!(f, "a protocol is called {name} already"),
            ProtocolConflict::NoNumber(name) => write!(f, "no number selects {name}"),
            ProtocolConflict::NotANumber(selector) => write!(
                f,
                "{selector:?} is no number: only EtherTypes, IP protocols, ports, link types, PPP protocols and service \
                 access points can be mapped"
            ),
            ProtocolConflict::Full => write!(f, "more than {} numbers are added", Protocols::MAX),
        }
    }
}

impl core::error::Error for ProtocolConflict {}

impl NextProtocol {
    /// Kind of the number, from 1, of those that can be mapped; 0 for all other selectors.
    #[inline(always)]
    const fn number_kind(self) -> u32 {
        match self {
            NextProtocol::LinkType(_) => 1,
            NextProtocol::EtherType(_) => 2,
            NextProtocol::Sap(_) => 3,
            NextProtocol::IpProtocol(_) => 4,
            NextProtocol::PppProtocol(_) => 5,
            NextProtocol::UdpPorts(..) | NextProtocol::UdpPort(_) => 6,
            NextProtocol::TcpPorts(..) | NextProtocol::TcpPort(_) => 7,
            _ => 0,
        }
    }

    /// The numbers of the selector: both ports, or the same number twice.
    #[inline(always)]
    const fn numbers(self) -> (u16, u16) {
        match self {
            NextProtocol::LinkType(n)
            | NextProtocol::EtherType(n)
            | NextProtocol::PppProtocol(n)
            | NextProtocol::UdpPort(n)
            | NextProtocol::TcpPort(n) => (n, n),
            NextProtocol::Sap(n) | NextProtocol::IpProtocol(n) => (n as u16, n as u16),
            NextProtocol::UdpPorts(a, b) | NextProtocol::TcpPorts(a, b) => (a, b),
            _ => (0, 0),
        }
    }

    /// Kind and number in one, of a selector with one number.
    const fn key(self) -> Option<u32> {
        match (self.number_kind(), self) {
            (0, _) | (_, NextProtocol::UdpPorts(..) | NextProtocol::TcpPorts(..)) => None,
            (kind, _) => Some(kind << 16 | self.numbers().0 as u32),
        }
    }

    /// The selector of a key.
    fn of_key(key: u32) -> Self {
        let number = key as u16;
        match key >> 16 {
            1 => NextProtocol::LinkType(number),
            2 => NextProtocol::EtherType(number),
            3 => NextProtocol::Sap(number as u8),
            4 => NextProtocol::IpProtocol(number as u8),
            5 => NextProtocol::PppProtocol(number),
            6 => NextProtocol::UdpPort(number),
            7 => NextProtocol::TcpPort(number),
            _ => NextProtocol::Unknown,
        }
    }
}

impl Protocols {
    /// Most numbers that can be added or mapped.
    pub const MAX: usize = 64;

    /// The protocols of this crate, at one place in memory.
    #[cfg(feature = "alloc")]
    pub(crate) const BUILTIN: &'static Self = {
        static BUILTIN: Protocols = Protocols::builtin();
        &BUILTIN
    };

    /// The protocols of this crate.
    pub const fn builtin() -> Self {
        Protocols {
            entries: [AddedNumber { key: 0, target: Target::As(NextProtocol::Unknown) }; Self::MAX],
            count: 0,
            kinds: 0,
            present: [0; 8],
            without: [0; 2],
            leaves_out: false,
            heuristics: true,
        }
    }

    /// Whether these are the protocols of this crate, with nothing added, mapped or left out.
    #[cfg(feature = "alloc")]
    pub(crate) const fn is_builtin(&self) -> bool {
        self.count == 0 && !self.leaves_out && self.heuristics
    }

    /// Adds a protocol from outside.
    ///
    /// # Panics
    ///
    /// Its name or one of its numbers is taken. In a `static` or `const` this is an error of the compiler. At run time,
    /// use [`try_with`](Self::try_with).
    pub const fn with<E: CustomProtocol>(self) -> Self {
        match self.try_with::<E>() {
            Ok(all) => all,
            Err(ProtocolConflict::Number(..)) => panic!("a number of this protocol selects another protocol already"),
            Err(ProtocolConflict::Name(_)) => panic!("another protocol has the name of this one"),
            Err(ProtocolConflict::NoNumber(_)) => panic!("no number selects this protocol"),
            Err(ProtocolConflict::NotANumber(_)) => panic!("a selector of this protocol is no number"),
            Err(ProtocolConflict::Full) => panic!("there are more numbers than `Protocols::MAX`"),
        }
    }

    /// Adds a protocol from outside.
    ///
    /// # Errors
    ///
    /// Its name or one of its numbers is taken.
    ///
    /// ```
    /// # use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
    /// # use packetsmith::{Field, NextProtocol, Protocols, header, proto::CustomProtocol};
    /// # header! {
    /// #     /// Mine.
    /// #     pub struct Mine(1) => MineEdit, layer {
    /// #         /// A number.
    /// #         number: u8 = 0..8, "mine.number";
    /// #     }
    /// # }
    /// # impl<'a> Protocol<'a> for Mine<&'a [u8; 1]> {
    /// #     const NAME: &'static str = "mine";
    /// #     const TITLE: &'static str = "Mine";
    /// #     const TABLE: &'static [Field] = Mine::FIELDS;
    /// #     const RAW: &'static str = "Nothing.";
    /// #     fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
    /// #         let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(1))?;
    /// #         Ok(ParsedHeader::new(header, 1, NextProtocol::Unknown))
    /// #     }
    /// # }
    /// impl CustomProtocol for Mine {
    ///     type Header<'a> = Mine<&'a [u8; 1]>;
    ///     const SELECTORS: &'static [NextProtocol] = &[NextProtocol::UdpPort(53)];
    /// }
    /// let error = Protocols::builtin().try_with::<Mine>().unwrap_err();
    /// assert_eq!(error.to_string(), "UdpPort(53) selects dns already");
    /// ```
    pub const fn try_with<E: CustomProtocol>(mut self) -> Result<Self, ProtocolConflict> {
        let definition = E::DEFINITION;
        if self.has_name(definition.name()) {
            return Err(ProtocolConflict::Name(definition.name()));
        }
        if definition.selectors.is_empty() {
            return Err(ProtocolConflict::NoNumber(definition.name()));
        }
        let mut i = 0;
        while i < definition.selectors.len() {
            let selector = definition.selectors[i];
            if let Some(proto) = self.taken_by(selector) {
                return Err(ProtocolConflict::Number(selector, proto));
            }
            if let Err(error) = self.insert(selector, Target::Custom(definition)) {
                return Err(error);
            }
            i += 1;
        }
        Ok(self)
    }

    /// Takes what `number` selects for what `other` selects, as Wireshark's *Decode As*: DNS on UDP port 8053. What is
    /// mapped last counts. [`NextProtocol::Unknown`] takes it for data.
    ///
    /// ```
    /// use packetsmith::{NextProtocol, Protocols};
    /// static KNOWN: Protocols = Protocols::builtin().decode_as(NextProtocol::UdpPort(8053), NextProtocol::UdpPort(53));
    /// let dns = [0x20, 0, 0x1f, 0x75, 0, 20, 0, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    /// let layers = KNOWN.dissect(NextProtocol::IpProtocol(17), &dns);
    /// assert_eq!(layers.last().unwrap().proto.name(), "dns");
    /// ```
    ///
    /// # Panics
    ///
    /// `number` is no number of one of the kinds that can be mapped, or there are more than [`MAX`](Self::MAX). In a
    /// `static` or `const` this is an error of the compiler. At run time, use [`try_decode_as`](Self::try_decode_as).
    pub const fn decode_as(self, number: NextProtocol, other: NextProtocol) -> Self {
        match self.try_decode_as(number, other) {
            Ok(all) => all,
            Err(ProtocolConflict::Full) => panic!("there are more numbers than `Protocols::MAX`"),
            Err(_) => panic!("only numbers can be mapped: EtherTypes, ports and their like"),
        }
    }

    /// As [`decode_as`](Self::decode_as), for numbers of run time.
    ///
    /// # Errors
    ///
    /// `number` is no number of one of the kinds that can be mapped, or there are more than [`MAX`](Self::MAX).
    pub const fn try_decode_as(mut self, number: NextProtocol, other: NextProtocol) -> Result<Self, ProtocolConflict> {
        match self.insert(number, Target::As(other)) {
            Ok(()) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// Leaves a protocol of this crate out: what selects it selects data, or a protocol that is added later.
    pub const fn without(mut self, proto: Proto) -> Self {
        let row = proto.row() as usize;
        if row != ProtoRow::Data as usize {
            self.without[row / 64] |= 1 << (row % 64);
            self.leaves_out = true;
        }
        self
    }

    /// Recognizes no protocol by its first bytes alone, where no number selects one: HTTP and TLS on any TCP port.
    pub const fn without_heuristics(mut self) -> Self {
        self.heuristics = false;
        self
    }

    /// All protocols: those of this crate without those that are left out, then those that are added.
    ///
    /// ```
    /// use packetsmith::{Proto, Protocols};
    /// assert_eq!(Protocols::builtin().iter().count(), Proto::ALL.len());
    /// assert_eq!(Protocols::builtin().without(Proto::Dns).iter().count(), Proto::ALL.len() - 1);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Proto> + '_ {
        let known = Proto::ALL.iter().copied().filter(|proto| !self.is_without(proto.row()));
        known.chain(self.definitions().map(Proto::Custom))
    }

    /// The protocols that a name means, in any case: the one with this name, or else those whose fields have it as the
    /// first part of their filter names. See [`Proto::named`].
    #[cfg(feature = "alloc")]
    pub fn named(&self, name: &str) -> impl Iterator<Item = Proto> {
        let is = move |known: &str| known.eq_ignore_ascii_case(name);
        let exact = self.iter().find(|proto| is(proto.name()));
        let by_prefix = move |proto: &Proto| exact.is_none() && proto.filter_prefix().is_some_and(is);
        exact.into_iter().chain(self.iter().filter(by_prefix))
    }

    /// Why a name is that of no protocol, and the nearest one that is, for messages. See [`Proto::unknown_name`].
    #[cfg(feature = "alloc")]
    pub fn unknown_name(&self, name: &str) -> alloc::string::String {
        let near = crate::wire::or_the_nearest(name, self.iter().map(|proto| proto.name()));
        alloc::format!("no protocol is called {name}{near}")
    }

    /// The protocols that are added.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = &'static ProtocolDefinition> + '_ {
        let of = |entry: &AddedNumber| match entry.target {
            Target::Custom(definition) => Some(definition),
            Target::As(_) => None,
        };
        let entries = self.entries.get(..self.count).unwrap_or(&[]);
        let is_first = move |i: usize, definition| !entries.iter().take(i).any(|entry| of(entry) == Some(definition));
        let all = entries.iter().enumerate().filter_map(move |(i, entry)| of(entry).map(|definition| (i, definition)));
        all.filter(move |(i, definition)| is_first(*i, *definition)).map(|(_, definition)| definition)
    }

    const fn is_without(&self, row: ProtoRow) -> bool {
        let row = row as usize;
        self.without[row / 64] >> (row % 64) & 1 == 1
    }

    const fn insert(&mut self, selector: NextProtocol, target: Target) -> Result<(), ProtocolConflict> {
        let Some(key) = selector.key() else { return Err(ProtocolConflict::NotANumber(selector)) };
        if self.count == Self::MAX {
            return Err(ProtocolConflict::Full);
        }
        self.entries[self.count] = AddedNumber { key, target };
        self.count += 1;
        self.kinds |= 1 << (key >> 16);
        self.present[(key >> 16) as usize] |= 1 << (key & 63);
        Ok(())
    }

    /// The protocol that a number selects already. `Data` if the first bytes decide.
    const fn taken_by(&self, selector: NextProtocol) -> Option<Proto> {
        let row = selector.row_of_one();
        let is_data = matches!(row, ProtoRow::Data);
        if !is_data && !self.is_without(row) || selector.is_resolved_by_content() {
            return Some(row.proto());
        }
        match selector.key() {
            Some(key) => match self.custom(key) {
                Some(definition) => Some(Proto::Custom(definition)),
                None => None,
            },
            None => None,
        }
    }

    const fn has_name(&self, name: &str) -> bool {
        let mut i = 0;
        while i < Proto::ALL.len() {
            if same(Proto::ALL[i].name(), name) && !self.is_without(Proto::ALL[i].row()) {
                return true;
            }
            i += 1;
        }
        i = 0;
        while i < self.count {
            if let Target::Custom(definition) = self.entries[i].target
                && same(definition.name(), name)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The protocol from outside that a number selects.
    const fn custom(&self, key: u32) -> Option<&'static ProtocolDefinition> {
        let mut i = 0;
        while i < self.count {
            if let Target::Custom(definition) = self.entries[i].target
                && self.entries[i].key == key
            {
                return Some(definition);
            }
            i += 1;
        }
        None
    }

    /// What a number is mapped to, of all that it was mapped to the last.
    fn mapped(&self, key: u32) -> Option<NextProtocol> {
        let entries = self.entries.get(..self.count)?;
        entries.iter().rev().find_map(|entry| match entry.target {
            Target::As(other) if entry.key == key => Some(other),
            _ => None,
        })
    }

    /// What a selector selects, if it has an entry. A mapping comes first, then the lower of two ports.
    #[inline(never)]
    fn search(&self, selector: NextProtocol) -> Option<Target> {
        let (low, high) = selector.each();
        let ports = [low, high].map(|port| (port, port.key()));
        if let Some(other) = ports.iter().find_map(|(_, key)| self.mapped((*key)?)) {
            return Some(Target::As(other));
        }
        for (port, key) in ports {
            if let Some(definition) = self.custom(key?) {
                return Some(Target::Custom(definition));
            }
            let row = port.row_of_one();
            if row != ProtoRow::Data && !self.is_without(row) || port.is_resolved_by_content() {
                return None;
            }
        }
        None
    }

    /// What a selector selects, if it may have an entry: most have none, and need no search.
    #[inline(always)]
    fn find(&self, selector: NextProtocol) -> Option<Target> {
        let kind = selector.number_kind();
        if self.kinds >> kind & 1 == 0 {
            return None;
        }
        let (a, b) = selector.numbers();
        let present = self.present[kind as usize & 7];
        if (present >> (a & 63) | present >> (b & 63)) & 1 == 0 {
            return None;
        }
        self.search(selector)
    }
}

#[cfg(feature = "alloc")]
impl Proto {
    /// The protocols that a name means, in any case: the one with this name, or else those whose fields have it as the
    /// first part of their filter names.
    ///
    /// ```
    /// use packetsmith::Proto;
    /// assert!(Proto::named("ip").eq([Proto::Ipv4]) && Proto::named("IPv6").eq([Proto::Ipv6]));
    /// assert_eq!(Proto::named("colour").count(), 0);
    /// ```
    pub fn named(name: &str) -> impl Iterator<Item = Proto> {
        Protocols::BUILTIN.named(name)
    }

    /// Why a name is that of no protocol, and the nearest one that is, for messages.
    ///
    /// ```
    /// use packetsmith::Proto;
    /// assert_eq!(Proto::unknown_name("tpc"), "no protocol is called tpc; the nearest is tcp");
    /// assert_eq!(Proto::unknown_name("colour"), "no protocol is called colour");
    /// ```
    pub fn unknown_name(name: &str) -> alloc::string::String {
        Protocols::BUILTIN.unknown_name(name)
    }
}

/// What differs from the protocols of this crate.
///
/// ```
/// use packetsmith::{NextProtocol::UdpPort, Proto, Protocols};
/// let known = Protocols::builtin().decode_as(UdpPort(8053), UdpPort(53)).without(Proto::Http);
/// let text = "Protocols { added: [], decode_as: [UdpPort(8053) = UdpPort(53)], without: [Http], heuristics: true }";
/// assert_eq!(format!("{known:?}"), text);
/// ```
impl fmt::Debug for Protocols {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.get(..self.count).unwrap_or(&[]);
        let mapped = entries.iter().filter_map(|entry| match entry.target {
            Target::As(other) => {
                Some(fmt::from_fn(move |f| write!(f, "{:?} = {other:?}", NextProtocol::of_key(entry.key))))
            }
            Target::Custom(_) => None,
        });
        let without = Proto::ALL.iter().filter(|proto| self.is_without(proto.row()));
        f.debug_struct("Protocols")
            .field("added", &fmt::from_fn(|f| f.debug_list().entries(self.definitions()).finish()))
            .field("decode_as", &fmt::from_fn(|f| f.debug_list().entries(mapped.clone()).finish()))
            .field("without", &fmt::from_fn(|f| f.debug_list().entries(without.clone()).finish()))
            .field("heuristics", &self.heuristics)
            .finish()
    }
}

impl Proto {
    /// The protocol of a header that is defined outside of this crate.
    ///
    /// ```ignore
    /// assert_eq!(layer.proto, Proto::of::<Bfd>());
    /// ```
    pub const fn of<E: CustomProtocol>() -> Self {
        Proto::Custom(E::DEFINITION)
    }
}

impl Default for Protocols {
    fn default() -> Self {
        Self::builtin()
    }
}

/// Whether two texts are the same.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// The protocols of this crate alone, for a walk that looks nothing up.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

/// What a walk selects for a payload: the selector, the row of the stack map, and the protocol from outside if it is one.
#[derive(Clone, Copy, Debug)]
pub struct Selected<C> {
    pub(crate) selector: NextProtocol,
    pub(crate) row: ProtoRow,
    pub(crate) custom: C,
}

/// The protocols that a walk knows. Each implementation is compiled into a walk of its own.
pub trait KnownProtocols<'a>: Copy + fmt::Debug {
    /// The protocol from outside that is selected, if any.
    type Custom: Copy + fmt::Debug;
    /// What is selected for the selector, whose row in the stack map is `row`.
    fn select(self, selector: NextProtocol, row: ProtoRow) -> Selected<Self::Custom>;
    /// The same, after a look at the first bytes.
    fn resolve(self, selector: NextProtocol, bytes: &[u8]) -> Selected<Self::Custom>;
    /// The protocol from outside.
    fn custom(custom: Self::Custom) -> Option<&'static ProtocolDefinition>;
    /// The protocols as a value, of one type for all.
    fn protocols(self) -> Option<&'a Protocols>;
}

impl<'a> KnownProtocols<'a> for BuiltIn {
    type Custom = ();
    #[inline(always)]
    fn select(self, selector: NextProtocol, row: ProtoRow) -> Selected<()> {
        Selected { selector, row, custom: () }
    }
    #[inline(always)]
    fn resolve(self, selector: NextProtocol, bytes: &[u8]) -> Selected<()> {
        let selector = selector.resolve(bytes);
        Selected { selector, row: selector.row(), custom: () }
    }
    #[inline(always)]
    fn custom(_: ()) -> Option<&'static ProtocolDefinition> {
        None
    }
    #[inline(always)]
    fn protocols(self) -> Option<&'a Protocols> {
        None
    }
}

impl<'a> KnownProtocols<'a> for &'a Protocols {
    type Custom = Option<&'static ProtocolDefinition>;
    #[inline(always)]
    fn select(self, selector: NextProtocol, row: ProtoRow) -> Selected<Self::Custom> {
        let mut selected = Selected { selector, row, custom: None };
        if let Some(target) = self.find(selector) {
            match target {
                Target::Custom(_) => selected.row = ProtoRow::Data,
                Target::As(other) => (selected.selector, selected.row) = (other, other.row()),
            }
            if let Target::Custom(definition) = target {
                selected.custom = Some(definition);
            }
        }
        if self.leaves_out && self.is_without(selected.row) {
            selected.row = ProtoRow::Data;
        }
        selected
    }
    #[inline(never)]
    fn resolve(self, selector: NextProtocol, bytes: &[u8]) -> Selected<Self::Custom> {
        let resolved = if self.heuristics { selector.resolve(bytes) } else { selector.resolve_known(bytes) };
        if resolved != selector {
            return self.select(resolved, resolved.row());
        }
        let row = selector.row();
        let row = if self.is_without(row) { ProtoRow::Data } else { row };
        Selected { selector, row, custom: None }
    }
    #[inline(always)]
    fn custom(custom: Self::Custom) -> Option<&'static ProtocolDefinition> {
        custom
    }
    #[inline(always)]
    fn protocols(self) -> Option<&'a Protocols> {
        Some(self)
    }
}

/// For walks in which one test for each layer does not count.
impl<'a> KnownProtocols<'a> for Option<&'a Protocols> {
    type Custom = Option<&'static ProtocolDefinition>;
    #[inline(always)]
    fn select(self, selector: NextProtocol, row: ProtoRow) -> Selected<Self::Custom> {
        match self {
            None => Selected { selector, row, custom: None },
            Some(known) => known.select(selector, row),
        }
    }
    #[inline(always)]
    fn resolve(self, selector: NextProtocol, bytes: &[u8]) -> Selected<Self::Custom> {
        match self {
            None => {
                let Selected { selector, row, custom: () } = BuiltIn.resolve(selector, bytes);
                Selected { selector, row, custom: None }
            }
            Some(known) => known.resolve(selector, bytes),
        }
    }
    #[inline(always)]
    fn custom(custom: Self::Custom) -> Option<&'static ProtocolDefinition> {
        custom
    }
    #[inline(always)]
    fn protocols(self) -> Option<&'a Protocols> {
        self
    }
}

#[cfg(feature = "alloc")]
impl Proto {
    /// A selector that selects the protocol where `like` does: of the same kind of number if there is one, else of another
    /// kind. For [`Protocols::decode_as`].
    ///
    /// ```
    /// use packetsmith::{NextProtocol, Proto};
    /// let selector = |proto: Proto, like| proto.selector_like(like);
    /// assert_eq!(selector(Proto::Dns, NextProtocol::UdpPort(8053)), Some(NextProtocol::UdpPort(53)));
    /// assert_eq!(selector(Proto::Dns, NextProtocol::TcpPort(8053)), Some(NextProtocol::TcpPort(53)), "over TCP");
    /// assert_eq!(selector(Proto::Http, NextProtocol::TcpPort(8000)), Some(NextProtocol::Http));
    /// assert_eq!(selector(Proto::Data, NextProtocol::TcpPort(8000)), Some(NextProtocol::Unknown));
    /// ```
    pub fn selector_like(self, like: NextProtocol) -> Option<NextProtocol> {
        if self == Proto::Data {
            return Some(NextProtocol::Unknown);
        }
        let is_like = |selector: &NextProtocol| selector.number_kind() == like.number_kind();
        if let Some(number) = self.preferred().next().and_then(NextProtocol::resolved_on) {
            return Some(number); // there the first bytes tell which protocol it is
        }
        // DNS over TCP is a protocol of its own, whose fields have the same filter names.
        let prefix = self.filter_prefix();
        let kin = Proto::ALL.iter().copied().filter(|proto| prefix.is_some() && proto.filter_prefix() == prefix);
        let mut all = self.preferred().chain(kin.flat_map(Proto::preferred));
        all.find(is_like).or_else(|| self.preferred().next())
    }
}
