//! Names of hosts, from the answers of DNS in a capture.

use crate::dissect::Examine;
#[cfg(feature = "applications")]
use crate::proto::dns::DnsRcode;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;

/// Most characters of a name. An escaped name can have four times the 255 bytes of a domain name.
#[cfg(feature = "applications")]
const MOST_TEXT: usize = 256;

/// Names of hosts that the DNS answers of a capture tell, each from the packet on that answers.
///
/// A and AAAA records of DNS, multicast DNS and LLMNR count; where a CNAME record leads from the name in question to
/// the owner of the address, the name is the one in question. The newest answer counts. What an answer says is not
/// verified: names are as trustworthy as the capture.
///
/// ```
/// use packetsmith::{Dns, Ipv4, Name, Stack, Udp, examine};
/// use packetsmith::output::HostNames;
/// use packetsmith::proto::dns::{DnsRecord, Rdata};
///
/// let name = Name::from_text("www.test").unwrap();
/// let answer = [DnsRecord::new(name, 60, Rdata::A { address: [192, 0, 2, 7].into() })];
/// let packet = Stack::new()
///     .push(Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into()))
///     .push(Udp::build().src_port(53).dst_port(4000))
///     .push(Dns::build().response(true).answers(&answer))
///     .finish()?;
/// let mut names = HostNames::default();
/// names.learn(12, examine(101, &packet));
/// assert_eq!(names.name([192, 0, 2, 7].into(), 12).as_deref(), Some("www.test"));
/// assert_eq!(names.name([192, 0, 2, 7].into(), 11), None);
/// # Ok::<(), packetsmith::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct HostNames {
    hosts: BTreeMap<IpAddr, Vec<HostName>>,
    count: usize,
    is_full: bool,
}

/// A name, and the packet that told it.
#[derive(Clone, Debug)]
struct HostName {
    packet: u64,
    name: Arc<str>,
}

impl HostNames {
    /// Most names that are kept; further ones are not learned.
    pub const MOST: usize = 65_536;

    /// Takes the answers in a packet. Numbers of packets go up.
    #[cfg(feature = "applications")]
    pub fn learn(&mut self, packet: u64, mut layers: Examine<'_>) {
        while let Some(layer) = &layers.next() {
            if let crate::proto::View::Dns(dns) = layer.view
                && !layer.quoted
                && dns.response()
                && dns.rcode() == DnsRcode::from(0)
            {
                answers::each(&dns, &layer.context, |address, name| self.add(packet, address, name));
            }
        }
    }

    /// Takes the answers in a packet: there are none without the feature `applications`.
    #[cfg(not(feature = "applications"))]
    pub fn learn(&mut self, _: u64, _: Examine<'_>) {}

    /// The name of a host as of a packet.
    pub fn name(&self, address: IpAddr, packet: u64) -> Option<Arc<str>> {
        let names = self.hosts.get(&address)?;
        let known = names.partition_point(|name| name.packet <= packet);
        names.get(known.checked_sub(1)?).map(|name| name.name.clone())
    }

    /// Whether a name was not learned because there were [`MOST`](Self::MOST).
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    #[cfg(feature = "applications")]
    fn add(&mut self, packet: u64, address: IpAddr, name: &str) {
        let names = self.hosts.get(&address);
        if names.and_then(|names| names.last()).is_some_and(|known| &*known.name == name) {
            return;
        }
        if self.count == Self::MOST {
            self.is_full = true;
            return;
        }
        self.count += 1;
        self.hosts.entry(address).or_default().push(HostName { packet, name: name.into() });
    }
}

#[cfg(feature = "applications")]
mod answers {
    use super::MOST_TEXT;
    use crate::layer::LayerContext;
    use crate::proto::Dns;
    use crate::proto::dns::{DnsClass, DnsSection, DnsType, Rdata};
    use crate::wire::{Name, TextBuffer};
    use alloc::vec::Vec;
    use core::net::IpAddr;

    /// Most aliases that are followed, and most CNAME records and addresses of a message that are looked at: many names can
    /// be in a message, each of which takes time.
    const MOST_ALIASES: usize = 16;
    const MOST_CNAMES: usize = 32;
    const MOST_ADDRESSES: usize = 256;

    /// Calls `found` with each address of a response and the name of its host.
    pub(super) fn each<'a>(dns: &Dns<&'a [u8; 12]>, context: &LayerContext<'a>, mut found: impl FnMut(IpAddr, &str)) {
        let question = dns.questions(context).next().map(|question| question.name);
        // Without a question, as in multicast DNS, further records tell addresses of the hosts in the answers.
        let section = |section| section == DnsSection::Answer || question.is_none();
        let records =
            || dns.records(context).filter(move |record| section(record.section) && record.class == DnsClass::Internet);
        let mut aliases: Vec<Name<'a>> = question.into_iter().collect();
        while let Some(&last) = aliases.last().filter(|_| aliases.len() < MOST_ALIASES) {
            let cnames = records().filter(|record| record.rtype == DnsType::Cname).take(MOST_CNAMES);
            let next = cnames.filter(|record| record.name == last).find_map(|record| match record.data() {
                Rdata::Cname { canonical_name } => Some(canonical_name),
                _ => None,
            });
            match next {
                Some(next) if !aliases.contains(&next) => aliases.push(next),
                _ => break,
            }
        }
        let mut text = TextBuffer::default();
        for record in records().take(MOST_ADDRESSES) {
            let address = match record.data() {
                Rdata::A { address } => IpAddr::V4(address),
                Rdata::Aaaa { address } => IpAddr::V6(address),
                _ => continue,
            };
            let name = if aliases.contains(&record.name) { question.unwrap_or(record.name) } else { record.name };
            text.bytes.clear();
            text.name(&name);
            text.cut_to(0, MOST_TEXT);
            if !matches!(text.as_str(), "" | ".") {
                found(address, text.as_str());
            }
        }
    }
}

#[cfg(all(test, feature = "applications"))]
mod tests {
    use super::HostNames;
    use crate::dissect::{Examine, Layers};
    use crate::layer::NextProtocol;
    use alloc::vec::Vec;

    /// A response about `a.test` with an alias `b.test` that has an address, and one about something else.
    fn response(flags: u16) -> Vec<u8> {
        let mut message = [&[0, 7][..], &flags.to_be_bytes(), &[0, 1, 0, 3, 0, 0, 0, 0]].concat();
        message.extend(b"\x01a\x04test\0\0\x01\0\x01");
        message.extend(b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01b\xc0\x0e");
        message.extend(b"\xc0\x24\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
        message.extend(b"\x03\x1b[m\0\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
        message
    }

    #[test]
    fn an_alias_leads_to_the_name_in_question() {
        let mut names = HostNames::default();
        for port in [53, 5353, 5355] {
            names.learn(port.into(), Examine::new(Layers::new(NextProtocol::UdpPort(port), &response(0x8180))));
            let known = names.name([192, 0, 2, 1].into(), port.into()).unwrap();
            assert_eq!(&*known, "a.test");
        }
        let other = names.name("2001:db8::1".parse().unwrap(), 60).unwrap();
        assert!(!other.contains('\x1b') && other.ends_with("[m"), "{other}");
        assert_eq!(names.name([192, 0, 2, 2].into(), 60), None);
    }

    #[test]
    fn queries_and_failures_tell_nothing() {
        let mut names = HostNames::default();
        for flags in [0x0100, 0x8183] {
            names.learn(1, Examine::new(Layers::new(NextProtocol::UdpPort(53), &response(flags))));
        }
        assert!(names.hosts.is_empty());
    }

    #[test]
    fn names_are_bounded() {
        let mut names = HostNames::default();
        for n in 0..=HostNames::MOST as u32 {
            names.add(1, core::net::Ipv4Addr::from(n).into(), "x");
        }
        assert!(names.is_full() && names.hosts.len() == HostNames::MOST);
    }
}
