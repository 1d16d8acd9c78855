//! JA4: the fingerprint of a TLS client, by FoxIO's open specification of it (the part about TLS clients).
//!
//! Numbers that GREASE reserves are left out everywhere.

use crate::proto::app::tls::extensions::{TlsExtension, TlsExtensions};
use crate::proto::app::tls::numbers::{TlsCipherSuite, TlsVersion, is_grease};
use crate::wire::{Counted, List, Tlvs};
use core::fmt;
use hmac_sha256::Hash;

/// JA4 fingerprint of a TLS client over TCP: 36 characters.
///
/// The first part says the transport (`t`), the version, whether there is a server name (`d`, else `i`), the numbers of cipher
/// suites and of extensions, and the first and last character of the first application protocol. The second part is a
/// hash of the sorted cipher suites, the third one of the sorted extensions and of the signature schemes.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::app::TlsHandshake;
/// use packetsmith::wire::TaggedEnum;
/// let mut hello = vec![3, 3];
/// hello.extend([0; 32]);
/// hello.extend([0, 0, 2, 0x13, 0x01, 1, 0]);
/// let hello = TlsHandshake::decode(1, Cursor::new(&hello));
/// assert_eq!(hello.ja4().unwrap().to_string(), "t12i010000_0f2cb44170f4_000000000000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TlsJa4([u8; 36]);

/// Most cipher suites, extensions or signature schemes of which a fingerprint is made: more than there are.
const MAX: usize = 512;

impl TlsJa4 {
    /// The characters.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The fingerprint of a ClientHello: of the highest version that it offers, its cipher suites and its extensions.
    pub(super) fn of(
        highest: TlsVersion,
        cipher_suites: List<'_, TlsCipherSuite>,
        extensions: Option<TlsExtensions<'_>>,
    ) -> Option<Self> {
        if extensions.is_some_and(|extensions| !extensions.is_whole() || extensions.list().items().any(|i| i.is_err()))
        {
            return None;
        }
        let list = extensions.map_or(Tlvs::of(&[]), |extensions| extensions.list());
        let mut suites = Numbers::default();
        for suite in cipher_suites {
            suites.push(suite.into())?;
        }
        suites.sort();
        let (mut hashed, mut schemes) = (Numbers::default(), Numbers::default());
        let (mut count, mut name, mut protocol) = (0, b'i', *b"00");
        for extension in list.items().flatten().filter(|extension| !is_grease(extension.kind)) {
            count += 1;
            match extension.kind {
                0 => name = b'd',
                16 => {}
                kind => hashed.push(kind)?,
            }
            match Tlvs::decode(&extension) {
                TlsExtension::Alpn { protocols: Counted(protocols) } => {
                    let is_grease = |name: &[u8]| matches!(*name, [a, b] if is_grease(u16::from_be_bytes([a, b])));
                    if let Some(Counted(first)) = protocols.iter().find(|Counted(name)| !is_grease(name.0)) {
                        protocol = ends(first.0);
                    }
                }
                TlsExtension::SignatureAlgorithms { schemes: Counted(all) } => {
                    for scheme in all {
                        schemes.push(scheme.into())?;
                    }
                }
                _ => {}
            }
        }
        hashed.sort();
        let mut text = [b'_'; 36];
        let version = version(highest);
        let [suites_count, count] = [suites.count, count].map(|n: usize| decimal(n.min(99)));
        let first = [b't', version[0], version[1], name, suites_count[0], suites_count[1], count[0], count[1]];
        text[..8].copy_from_slice(&first);
        text[8..10].copy_from_slice(&protocol);
        text[11..23].copy_from_slice(&hash(&suites, &Numbers::default()));
        text[24..].copy_from_slice(&hash(&hashed, &schemes));
        Some(TlsJa4(text))
    }
}

impl fmt::Display for TlsJa4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for TlsJa4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TlsJa4({self})")
    }
}

/// A few numbers of two bytes.
struct Numbers {
    numbers: [u16; MAX],
    count: usize,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers { numbers: [0; MAX], count: 0 }
    }
}

impl Numbers {
    /// Adds a number that is not one of GREASE. `None` if there are too many.
    fn push(&mut self, number: u16) -> Option<()> {
        if !is_grease(number) {
            *self.numbers.get_mut(self.count)? = number;
            self.count += 1;
        }
        Some(())
    }

    fn all(&self) -> &[u16] {
        self.numbers.get(..self.count).unwrap_or_default()
    }

    fn sort(&mut self) {
        if let Some(numbers) = self.numbers.get_mut(..self.count) {
            numbers.sort_unstable();
        }
    }
}

/// The version in two characters.
fn version(version: TlsVersion) -> [u8; 2] {
    match version {
        TlsVersion::Tls13 => *b"13",
        TlsVersion::Tls12 => *b"12",
        TlsVersion::Tls11 => *b"11",
        TlsVersion::Tls10 => *b"10",
        TlsVersion::Ssl30 => *b"s3",
        TlsVersion::Ssl20 => *b"s2",
        _ => *b"00",
    }
}

/// First and last character of an application protocol. Of a name that begins or ends with another byte than a letter or a
/// digit, those of its bytes in hexadecimal.
fn ends(protocol: &[u8]) -> [u8; 2] {
    match protocol {
        &[first, .., last] | &[first @ last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
            [first, last]
        }
        &[first, .., last] | &[first @ last] => [digit(first >> 4), digit(last & 15)],
        [] => *b"00",
    }
}

/// A hexadecimal digit.
const fn digit(n: u8) -> u8 {
    if n < 10 { b'0' + n } else { b'a' + n - 10 }
}

/// A number below 100 in two digits.
const fn decimal(n: usize) -> [u8; 2] {
    [b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8]
}

/// The first 12 digits of the hash of numbers in hexadecimal, with commas between them; after an underscore the `others`,
/// if there are any. Zeros if there are no numbers.
fn hash(numbers: &Numbers, others: &Numbers) -> [u8; 12] {
    if numbers.count == 0 {
        return [b'0'; 12];
    }
    let mut hash = Hash::new();
    for (before, list) in [(None, numbers.all()), (Some(b"_"), others.all())] {
        for (i, number) in list.iter().enumerate() {
            match (i, before) {
                (0, None) => {}
                (0, Some(before)) => hash.update(before),
                _ => hash.update(b","),
            }
            let [a, b] = number.to_be_bytes();
            hash.update([digit(a >> 4), digit(a & 15), digit(b >> 4), digit(b & 15)]);
        }
    }
    let mut text = [0; 12];
    for (pair, byte) in text.chunks_exact_mut(2).zip(hash.finalize()) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    text
}
