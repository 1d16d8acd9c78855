//! Editing frames in place: fields by their names, and the checksums that cover them.

use crate::build::covered_sum::{CoveredSum, first_fragment_protocol};
use crate::build::finish::{has_fcs, write_fcs};
use crate::build::replace::may_be_zero;
use crate::build::{EncodeError, EncodedLayer, MAX_STACK, finish, places};
use crate::dissect::Layers;
use crate::layer::{CoverageEnd, NextProtocol};
use crate::proto::{Proto, Protocols, View};
use crate::wire::{Computed, Field, FieldError, Span, Value, ValueError, update_checksum};

/// A frame that is edited in place. Nothing is allocated, and no byte moves.
///
/// [`set`](Self::set) writes a field and nothing else. [`update`](Self::update) does what a router or an address
/// translator does: it updates every checksum that covers the field, and the frame check sequence of Ethernet. A right
/// checksum stays right, a wrong one stays as wrong as it was. [`repair`](Self::repair) computes every length and checksum again.
///
/// Layers are numbered from 0, as [`dissect`](crate::dissect()) gives them. A packet that an ICMP error quotes has
/// layers too. A frame can have up to [`MAX_STACK`] layers.
///
/// ```
/// use packetsmith::{Checksum, Editor, Ethernet, Ipv4, Stack, Udp, examine};
/// use std::net::Ipv4Addr;
/// let mut frame = Stack::new()
///     .push(Ethernet::build())
///     .push(Ipv4::build().src([192, 168, 1, 100].into()).dst([8, 8, 8, 8].into()))
///     .push(Udp::build().src_port(40000).dst_port(53))
///     .payload(b"...")
///     .finish()
///     .unwrap();
/// let mut editor = Editor::new(1, &mut frame);
/// editor.update(1, "src", Ipv4Addr::new(203, 0, 113, 9)).unwrap();
/// editor.update(2, "src_port", 61000).unwrap();
/// assert!(examine(1, &frame).filter_map(|layer| layer.checksum()).all(|state| state == Checksum::Good));
/// ```
pub struct Editor<'f> {
    first: NextProtocol,
    frame: &'f mut [u8],
    known: Option<&'f Protocols>,
}

/// The layers of a frame, up to [`MAX_STACK`].
struct EncodedLayers {
    layers: [EncodedLayer; MAX_STACK],
    count: usize,
    /// The layers of a quoted packet, one bit each.
    quoted: u32,
}

/// The layers as they are now.
impl core::fmt::Debug for Editor<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let views = core::fmt::from_fn(|f| f.debug_list().entries(self.layers().map(|layer| layer.view)).finish());
        f.debug_struct("Editor").field("layers", &views).finish()
    }
}

impl<'f> Editor<'f> {
    /// Edits a frame of a [`LinkType`](crate::LinkType) or its number (1 is Ethernet), or one that begins with another
    /// header, as [`dissect`](crate::dissect()).
    pub fn new(first: impl Into<NextProtocol>, frame: &'f mut [u8]) -> Self {
        Editor { first: first.into(), frame, known: None }
    }

    /// The layers as they are now.
    pub fn layers(&self) -> Layers<'_, Option<&Protocols>> {
        Layers::knowing(self.known, self.first, self.frame)
    }

    /// The bytes as they are now.
    pub fn frame(&self) -> &[u8] {
        self.frame
    }

    fn encoded_layers(&self) -> Result<EncodedLayers, ValueError> {
        let mut all = EncodedLayers { layers: [EncodedLayer::NONE; MAX_STACK], count: 0, quoted: 0 };
        for layer in self.layers() {
            let encoded = all.layers.get_mut(all.count).ok_or(ValueError::TooDeep)?;
            // A header that is cut has no fields.
            let proto = if matches!(layer.view, View::Cut) { Proto::Data } else { layer.proto };
            *encoded = EncodedLayer { proto, bounds: layer.bounds(), ..EncodedLayer::NONE };
            all.quoted |= u32::from(layer.quoted) << all.count;
            all.count += 1;
        }
        Ok(all)
    }

    /// Finds a field of a layer's fixed header.
    fn row(layers: &[EncodedLayer], layer: usize, name: &str) -> Result<(EncodedLayer, &'static Field), FieldError> {
        let spot = *layers.get(layer).ok_or(ValueError::Rule("the frame has no such layer"))?;
        let field = spot.proto.fields().iter().find(|field| field.name == name || field.filter == name);
        Ok((spot, field.ok_or(ValueError::NoMember)?))
    }

    /// Writes a field of a layer's fixed header and nothing else.
    ///
    /// # Errors
    ///
    /// The layer or field does not exist, or the value does not fit it.
    pub fn set<'v>(&mut self, layer: usize, field: &str, value: impl Into<Value<'v>>) -> Result<(), FieldError> {
        let value = value.into();
        let all = self.encoded_layers()?;
        let (spot, field) = Self::row(&all.layers[..all.count], layer, field)?;
        write(self.frame, &spot, field, &value)
    }

    /// Writes a field of a layer's fixed header, and updates every Internet checksum that covers it by the difference
    /// (RFC 1624): those of this layer and of outer layers, and those of inner layers with the field in their
    /// pseudo-header. In a first fragment, the checksum of the whole packet is updated too.
    ///
    /// # Errors
    ///
    /// The layer or field does not exist, or the value does not fit it.
    pub fn update<'v>(&mut self, layer: usize, field: &str, value: impl Into<Value<'v>>) -> Result<(), FieldError> {
        self.update_value(layer, field, &value.into())
    }

    fn update_value(&mut self, layer: usize, field: &str, value: &Value<'_>) -> Result<(), FieldError> {
        let all = self.encoded_layers()?;
        let layers = &all.layers[..all.count];
        let (spot, field) = Self::row(layers, layer, field)?;
        self.follow(layers, field.span(spot.bounds.start), |frame| write(frame, &spot, field, value))
    }

    /// Overwrites up to 128 bytes from byte `at` of the frame, and updates every Internet checksum that covers them,
    /// like [`update`](Self::update).
    ///
    /// # Errors
    ///
    /// The bytes are beyond the end of the frame, or more than 128.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) -> Result<(), FieldError> {
        let all = self.encoded_layers()?;
        let room = LONGEST.min(self.frame.len().saturating_sub(at));
        let end = at.checked_add(bytes.len()).filter(|&end| end <= self.frame.len() && bytes.len() <= LONGEST);
        let Some(end) = end else { return Err(ValueError::TooLong { have: bytes.len(), max: room }.into()) };
        self.follow(&all.layers[..all.count], Span::new(at as u32, end as u32), |frame| {
            frame[at..end].copy_from_slice(bytes);
            Ok(())
        })
    }

    /// Changes some bytes, and updates the checksums that cover them.
    fn follow(
        &mut self,
        layers: &[EncodedLayer],
        span: Span,
        change: impl FnOnce(&mut [u8]) -> Result<(), FieldError>,
    ) -> Result<(), FieldError> {
        let mut sums = [None; MAX_STACK];
        let mut first_of = None;
        for ((sum, spot), (view, context)) in sums.iter_mut().zip(layers).zip(places(self.frame, layers)) {
            let carried = first_of.and_then(|protocol| CoveredSum::of_first_fragment(protocol, &context));
            *sum = CoveredSum::of(spot.proto.fields(), &view, &context).or(carried);
            first_of = first_fragment_protocol(&view);
        }
        // All changes so far: the field, then each checksum that was updated. Outer checksums cover inner ones.
        let first = Change::<LONGEST>::of(self.frame, span);
        let mut more = [Change::<2> { span: Span::default(), old: [0; 2] }; MAX_STACK];
        let mut count = 0;
        let fcs = has_fcs(self.frame, layers);
        change(self.frame)?;
        for sum in sums[..layers.len()].iter().rev().flatten() {
            let checksum = sum.field.as_range();
            let Some(stored) = self.frame.get(checksum.clone()).and_then(|bytes| bytes.first_chunk::<2>()) else {
                continue;
            };
            let before = u16::from_be_bytes(*stored);
            // A checksum that was written is kept.
            let is_own = sum.field.start < first.span.end && first.span.start < sum.field.end;
            if is_own || sum.optional && before == 0 {
                continue;
            }
            // An offloaded checksum is a sum without the final complement.
            let mut after = if sum.offloaded { !before } else { before };
            after = first.apply(self.frame, sum, after);
            for change in &more[..count] {
                after = change.apply(self.frame, sum, after);
            }
            after = if sum.offloaded { !after } else { after };
            if after == 0 && sum.optional {
                after = 0xffff;
            }
            if after != before {
                more[count] = Change::of(self.frame, sum.field);
                count += 1;
                self.frame[checksum].copy_from_slice(&after.to_be_bytes());
            }
        }
        // A frame check sequence that was written is kept.
        if fcs && first.span.end as usize + 4 <= self.frame.len() {
            write_fcs(self.frame);
        }
        Ok(())
    }

    /// Computes every length and checksum again, from the innermost layer outwards.
    ///
    /// Lengths are set to the bytes that are there. A length that goes beyond the end of the frame becomes shorter. The
    /// packet that an ICMP error quotes may be cut, so only the checksums of its IPv4 headers are computed.
    ///
    /// # Errors
    ///
    /// A length does not fit its field, or there are more than [`MAX_STACK`] layers.
    pub fn repair(&mut self) -> Result<(), EncodeError> {
        let mut all = self.encoded_layers().map_err(|error| EncodeError {
            layer: MAX_STACK,
            proto: Proto::Data,
            error: error.into(),
        })?;
        let mut head_only = [false; MAX_STACK];
        for (only, (view, context)) in head_only.iter_mut().zip(places(self.frame, &all.layers[..all.count])) {
            *only = view.coverage(context.header()).is_some_and(|cover| cover.end == CoverageEnd::Header);
        }
        for (layer, spot) in all.layers[..all.count].iter_mut().enumerate() {
            let quoted = all.quoted >> layer & 1 == 1;
            for (row, field) in spot.proto.fields().iter().enumerate() {
                let wanted = match field.computed {
                    Computed::HeaderLength { .. } | Computed::TotalLength { .. } => !quoted,
                    Computed::Checksum => !quoted || head_only[layer],
                    _ => false,
                };
                let stored = field.read(&self.frame[spot.bounds.start as usize..spot.bounds.header_end as usize]);
                // A length of zero means that the length is not given. A checksum of zero means that there is none.
                let said = stored.and_then(|value| value.number()) != Some(0) || !may_be_zero(field);
                spot.unset |= u64::from(wanted && said) << row;
            }
        }
        let fcs = has_fcs(self.frame, &all.layers[..all.count]);
        finish(self.frame, &all.layers[..all.count])?;
        if fcs {
            write_fcs(self.frame);
        }
        Ok(())
    }
}

impl Protocols {
    /// Edits a frame of a link type that may have layers of these protocols, as [`Editor::new`].
    ///
    /// ```
    /// use packetsmith::{Protocols, Value};
    /// let mut datagram = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 9, 0, 8, 0, 0];
    /// Protocols::builtin().edit(228, &mut datagram).set(1, "dst_port", &Value::Uint(7)).unwrap();
    /// assert_eq!(datagram[20..24], [0, 7, 0, 7]);
    /// ```
    pub fn edit<'f>(&'f self, first: impl Into<NextProtocol>, frame: &'f mut [u8]) -> Editor<'f> {
        Editor { first: first.into(), frame, known: Some(self) }
    }
}

fn write(frame: &mut [u8], spot: &EncodedLayer, field: &'static Field, value: &Value<'_>) -> Result<(), FieldError> {
    match frame.get_mut(spot.bounds.start as usize..spot.bounds.header_end as usize) {
        Some(head) if field.bits().end <= head.len() * 8 => field.write(head, value),
        _ => Err(ValueError::NoMember.into()),
    }
}

/// Changed bytes: their span, and their old values.
#[derive(Clone, Copy, Debug)]
struct Change<const N: usize> {
    span: Span,
    old: [u8; N],
}

/// Length in bytes of the longest field of any fixed header.
const LONGEST: usize = 128;

impl<const N: usize> Change<N> {
    fn of(frame: &[u8], span: Span) -> Self {
        let mut old = [0; N];
        let bytes = span.of(frame);
        let len = bytes.len().min(N);
        old[..len].copy_from_slice(&bytes[..len]);
        Change { span: Span::new(span.start, span.start + len as u32), old }
    }

    /// The checksum after the change.
    fn apply(&self, frame: &[u8], sum: &CoveredSum, mut checksum: u16) -> u16 {
        let mut follow = |start: u32, end: u32, even: u32| {
            for at in start.max(self.span.start)..end.min(self.span.end) {
                let (old, new) = (self.old[(at - self.span.start) as usize], frame[at as usize]);
                let word =
                    |byte: u8| if (at - even).is_multiple_of(2) { u16::from(byte) << 8 } else { u16::from(byte) };
                checksum = update_checksum(checksum, word(old), word(new));
            }
        };
        // An offloaded checksum has the sum of the pseudo-header alone.
        if !sum.offloaded {
            follow(sum.covers.start, sum.covers.end, sum.covers.start);
        }
        if let Some(network) = sum.network {
            for start in [network.src, network.dst] {
                follow(start, start + u32::from(network.size), start);
            }
        }
        checksum
    }
}

impl Span {
    fn as_range(self) -> core::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Stack;
    use crate::build::replace;
    use crate::dissect::examine;
    use crate::proto::{Ethernet, Icmpv4, Ipv4, Ipv6, Tcp, Udp, Vxlan};
    use crate::wire::Checksum;
    use proptest::prelude::*;
    use std::vec;
    use std::vec::Vec;

    /// What is wrong with the checksums of a frame: nothing, hopefully.
    fn wrong(frame: &[u8]) -> Vec<(usize, Checksum)> {
        let layers = examine(1, frame).enumerate();
        layers.filter_map(|(i, l)| l.checksum().filter(|&c| c != Checksum::Good).map(|c| (i, c))).collect()
    }

    fn udp(payload: &[u8]) -> Vec<u8> {
        let stack = Stack::new()
            .push(Ethernet::build())
            .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
            .push(Udp::build().src_port(1000).dst_port(2000));
        stack.payload(payload).finish().unwrap()
    }

    #[test]
    fn an_address_translator_keeps_what_an_icmp_error_quotes_right() {
        let inner = udp(b"quoted");
        let mut frame = Stack::new()
            .push(Ethernet::build())
            .push(Ipv4::build().src([10, 0, 0, 9].into()).dst([10, 0, 0, 1].into()))
            .push(Icmpv4::build().kind(crate::proto::icmp::Icmpv4Type::DestinationUnreachable).code(3).raw(&[0; 4]))
            .payload(&inner[14..])
            .finish()
            .unwrap();
        assert_eq!(wrong(&frame), []);
        let mut editor = Editor::new(1, &mut frame);
        assert_eq!(editor.layers().count(), 6);
        editor.update(1, "dst", Value::Ipv4([192, 0, 2, 1].into())).unwrap();
        editor.update(3, "src", Value::Ipv4([192, 0, 2, 1].into())).unwrap();
        editor.update(4, "udp.srcport", Value::Uint(61234)).unwrap();
        assert_eq!(wrong(&frame), []);
    }

    #[test]
    fn a_change_inside_of_a_tunnel_reaches_the_checksums_around_it() {
        let inner = udp(b"inside");
        let mut frame = Stack::new()
            .push(Ethernet::build())
            .push(Ipv6::build().src([0xfd; 16].into()).dst([0xfe; 16].into()))
            .push(Udp::build().src_port(49152).dst_port(4789))
            .push(Vxlan::build().vni(7))
            .payload(&inner)
            .finish()
            .unwrap();
        assert_eq!(wrong(&frame), []);
        let mut editor = Editor::new(1, &mut frame);
        editor.update(5, "dst", Value::Ipv4([1, 2, 3, 4].into())).unwrap();
        editor.update(1, "src", Value::Ipv6([7; 16].into())).unwrap();
        editor.update(6, "checksum", Value::Uint(0)).unwrap();
        // Set by hand, the inner checksum is what was set; those around it follow.
        assert_eq!(wrong(&frame), [(6, Checksum::Absent)]);
    }

    #[test]
    fn an_offloaded_checksum_stays_one() {
        let mut frame = udp(b"0123456789");
        let mut editor = Editor::new(1, &mut frame);
        let pseudo = crate::wire::Sum::new().bytes(&[10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 18]).value();
        editor.set(2, "checksum", Value::Uint(pseudo.into())).unwrap();
        editor.update(1, "dst", Value::Ipv4([10, 9, 9, 9].into())).unwrap();
        editor.update(2, "src_port", Value::Uint(77)).unwrap();
        assert_eq!(wrong(&frame), [(2, Checksum::Offloaded)]);
    }

    #[test]
    fn a_first_fragment_has_the_checksum_of_the_whole() {
        use crate::ip::Fragmenter;
        use crate::ip::{Outcome, Reassembler, Settings};
        let whole = udp(&[7; 3000]);
        let split = Fragmenter::new(1500).split(&whole[14..]).unwrap();
        let mut reassembler = Reassembler::new(Settings::default());
        let mut complete = 0;
        for piece in split {
            let mut frame = [&whole[..14], &piece.slices().concat()].concat();
            let mut editor = Editor::new(1, &mut frame);
            editor.update(1, "src", Value::Ipv4([203, 0, 113, 9].into())).unwrap();
            if let Outcome::Complete(datagram) =
                reassembler.push(&frame[14..], 0, core::time::Duration::ZERO, &mut |_| {})
            {
                assert_eq!(wrong(&[&whole[..14], datagram.packet()].concat()), []);
                complete += 1;
            }
        }
        assert_eq!(complete, 1);
    }

    #[test]
    fn repair_makes_lengths_and_checksums_right() {
        let right = udp(b"payload");
        let mut frame = right.clone();
        let mut editor = Editor::new(1, &mut frame);
        for (layer, field, value) in [(1, "checksum", 1), (1, "total_length", 9999), (2, "checksum", 7)] {
            editor.set(layer, field, Value::Uint(value)).unwrap();
        }
        editor.repair().unwrap();
        assert_eq!(frame, right);
    }

    #[test]
    fn a_field_that_is_not_there_is_an_error() {
        let mut frame = udp(b"");
        let before = frame.clone();
        let mut editor = Editor::new(1, &mut frame);
        assert_eq!(editor.set(1, "hops", Value::Uint(1)).unwrap_err().error, ValueError::NoMember);
        assert!(editor.update(9, "ttl", Value::Uint(1)).is_err());
        let error = editor.update(1, "ttl", Value::Uint(256)).unwrap_err();
        assert_eq!(error.to_string(), "ttl: 256 is more than 255, the largest that fits");
        assert_eq!(frame, before);
    }

    /// The frame with the first fragment of a packet that is split to `mtu` bytes.
    fn first_fragment(whole: &[u8], mtu: usize) -> Vec<u8> {
        use crate::ip::Fragmenter;
        let piece = Fragmenter::new(mtu).split(&whole[14..]).unwrap().next().unwrap();
        [&whole[..14], &piece.slices().concat()].concat()
    }

    #[test]
    fn whatever_was_split_its_checksum_follows_in_the_first_fragment() {
        use crate::proto::icmp::Icmpv6Type;
        use crate::proto::{Icmpv6, UdpLite};
        let ethernet = || Stack::new().push(Ethernet::build());
        let ip4 = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
        let ip6 = Ipv6::build().src([0xfd; 16].into()).dst([0xfe; 16].into());
        let echo = Icmpv6::build().kind(Icmpv6Type::EchoRequest);
        let four: Value<'_> = Value::Ipv4([203, 0, 113, 9].into());
        let six: Value<'_> = Value::Ipv6([0x20; 16].into());
        let tcp = |src: u16| Tcp::build().src_port(src).dst_port(50000);
        let udp = |src: u16| Udp::build().src_port(src).dst_port(50000);
        for (whole, field, value, at) in [
            (ethernet().push(ip4).push(tcp(40000)).payload(&[7; 500]).finish(), "src", four, 34 + 16),
            (ethernet().push(ip4).push(udp(40000)).payload(&[7; 500]).finish(), "src", four, 34 + 6),
            (ethernet().push(ip4).push(UdpLite::build()).payload(&[7; 500]).finish(), "dst", four, 34 + 6),
            (ethernet().push(ip6).push(tcp(40000)).payload(&[7; 500]).finish(), "src", six, 62 + 16),
            (ethernet().push(ip6).push(echo.raw(&[0; 4])).payload(&[7; 500]).finish(), "dst", six, 62 + 2),
        ] {
            let mut whole = whole.unwrap();
            let mut frame = first_fragment(&whole, 296);
            Editor::new(1, &mut frame).update(1, field, value).unwrap();
            Editor::new(1, &mut whole).update(1, field, value).unwrap();
            // The fragment header is followed by the same bytes as in the whole packet.
            let shift = if frame[12] == 0x86 { 8 } else { 0 };
            assert_eq!(wrong(&whole), []);
            assert_eq!(frame[at..at + 2], whole[at - shift..at - shift + 2], "{field} at {at}");
        }
        // None was computed, and one that is not there cannot follow.
        let mut none = ethernet().push(ip4).push(udp(40000).checksum(0)).payload(&[7; 500]).finish().unwrap();
        none = first_fragment(&none, 296);
        Editor::new(1, &mut none).update(1, "src", four).unwrap();
        assert_eq!(none[40..42], [0, 0]);
        let mut other = ethernet().push(ip4.protocol(132.into())).payload(&[7; 500]).finish().unwrap();
        other = first_fragment(&other, 296);
        Editor::new(1, &mut other).update(1, "src", four).unwrap();
        assert!(other[34..].iter().all(|&byte| byte == 7));
    }

    #[test]
    fn bytes_of_a_fragment_are_patched_with_the_checksum_of_the_whole() {
        let whole = udp(&[7; 500]);
        let (mut frame, mut edited) = (first_fragment(&whole, 296), whole.clone());
        Editor::new(1, &mut frame).patch(50, &[1, 2, 3]).unwrap();
        Editor::new(1, &mut edited).patch(50, &[1, 2, 3]).unwrap();
        assert_eq!((frame[40..42].to_vec(), frame[50..53].to_vec()), (edited[40..42].to_vec(), vec![1, 2, 3]));
        assert_eq!(wrong(&edited), []);
        let end = edited.len();
        let mut editor = Editor::new(1, &mut edited);
        assert!(editor.patch(end - 2, &[1, 2]).is_ok() && editor.patch(end, &[]).is_ok());
        assert!(editor.patch(end - 2, &[1, 2, 3]).is_err() && editor.patch(end + 1, &[]).is_err());
        assert!(editor.patch(50, &[9; 128]).is_ok() && editor.patch(50, &[9; 129]).is_err());
        assert_eq!(editor.frame().len(), end);
        assert_eq!(wrong(&edited), []);
    }

    #[test]
    fn what_is_carried_is_replaced_with_lengths_and_checksums_around_it() {
        use crate::proto::Vlan;
        let inner = |payload: &[u8]| Stack::new().push(Ipv4::build().ttl(9)).payload(payload).finish().unwrap();
        let mut out = Vec::new();
        // In IP in IP, after a VLAN tag, in a padded frame.
        let outer = Stack::new().push(Ethernet::build()).push(Vlan::build().id(3)).push(Ipv4::build());
        let frame = outer.payload(&inner(b"a")).pad(90).finish().unwrap();
        replace(1, &frame, 38, &inner(b"another one"), &mut out).unwrap();
        let right = Stack::new().push(Ethernet::build()).push(Vlan::build().id(3)).push(Ipv4::build());
        assert_eq!(out, right.payload(&inner(b"another one")).finish().unwrap());
        // A length in place of an EtherType is that of what is there now; a length or checksum of zero stays so.
        let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(4789));
        let mut frame =
            stack.push(Vxlan::build()).push(Ethernet::build()).push(Ipv4::build()).payload(b"x").finish().unwrap();
        frame[40..42].fill(0);
        let at = 14 + 20 + 8 + 8 + 14;
        replace(1, &frame, at, &inner(b"longer"), &mut out).unwrap();
        assert_eq!((out[38..42].to_vec(), out.len()), (vec![0, 8 + 8 + 14 + 26, 0, 0], at + 26));
        let llc = [&[0; 12][..], &[0, 4], &[0x42, 0x42, 3], &[9]].concat();
        replace(1, &llc, 14, &[0x42, 0x42, 3, 9, 9, 9], &mut out).unwrap();
        assert_eq!(out[12..14], [0, 6]);
        // A number that is a type stays, whichever of several it is.
        let mut tagged = Stack::new().push(Ethernet::build()).push(Vlan::build()).push(Ipv4::build()).finish().unwrap();
        tagged[12..14].copy_from_slice(&[0x88, 0xa8]);
        replace(1, &tagged, 18, &inner(b"longer"), &mut out).unwrap();
        assert_eq!((&out[12..14], out.len()), (&[0x88, 0xa8][..], 18 + 26));
        // The bytes begin where they are said to, or at the end.
        replace(1, &llc, 99, b"longer", &mut out).unwrap();
        assert_eq!(out, [&llc[..12], &[0, 10], &llc[14..], b"longer"].concat());
        // What does not fit its length is said.
        let error = replace(1, &udp(b""), 34, &[0; 65535], &mut out).unwrap_err();
        assert_eq!((error.layer, error.proto, error.error.field.unwrap().name), (1, Proto::Ipv4, "total_length"));
        let deep = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(40), &[8, 0]].concat();
        assert_eq!(replace(1, &deep, 170, b"", &mut out).unwrap_err().error.error, ValueError::TooDeep);
        assert!(replace(1, &deep, 100, b"", &mut out).is_ok());
    }

    #[test]
    fn what_an_icmp_error_quotes_keeps_its_lengths_when_it_is_repaired() {
        let inner = udp(b"quoted and cut");
        let mut frame = Stack::new()
            .push(Ethernet::build())
            .push(Ipv4::build())
            .push(Icmpv4::build().kind(crate::proto::icmp::Icmpv4Type::DestinationUnreachable).raw(&[0; 4]))
            .payload(&inner[14..42])
            .finish()
            .unwrap();
        let before = frame.clone();
        frame[36..38].fill(0xee);
        frame[42 + 10..42 + 12].fill(0xee);
        Editor::new(1, &mut frame).repair().unwrap();
        assert_eq!(
            frame, before,
            "the quoted header's checksum and that of ICMP are right, and nothing else was changed"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// RFC 1624's update gives what computing anew gives: 1,000,000 edits, 50 to a frame.
        #[test]
        fn an_update_equals_a_computation(
            addresses: [u8; 32], ports: (u16, u16), payload: Vec<u8>, v6: bool, tcp: bool, edits: [(u8, u128); 50],
        ) {
            let payload = &payload[..payload.len().min(64)];
            let [src, dst] = [0, 16].map(|at| <[u8; 16]>::try_from(&addresses[at..at + 16]).unwrap());
            let four = |address: [u8; 16]| [address[0], address[1], address[2], address[3]].into();
            let (ip4, ip6) = (Ipv4::build().src(four(src)).dst(four(dst)), Ipv6::build().src(src.into()).dst(dst.into()));
            let (from, to) = (ports.0 | 0xc000, ports.1 | 0xc000);
            let (udp, segment) = (Udp::build().src_port(from).dst_port(to), Tcp::build().src_port(from).dst_port(to));
            let base = Stack::new().push(Ethernet::build());
            let mut frame = match (v6, tcp) {
                (false, false) => base.push(ip4).push(udp).payload(payload).finish().unwrap(),
                (false, true) => base.push(ip4).push(segment).payload(payload).finish().unwrap(),
                (true, false) => base.push(ip6).push(udp).payload(payload).finish().unwrap(),
                (true, true) => base.push(ip6).push(segment).payload(payload).finish().unwrap(),
            };
            for (which, value) in edits {
                let address = |value: u128| match v6 {
                    true => Value::Ipv6(value.into()),
                    false => Value::Ipv4((value as u32).into()),
                };
                let (layer, field, value) = match which % 5 {
                    0 => (1, "src", address(value)),
                    1 => (1, "dst", address(value)),
                    2 => (1, if v6 { "hop_limit" } else { "ttl" }, Value::Uint(value as u64 & 0xff)),
                    // Not a port that makes the payload a protocol with checksums of its own.
                    3 => (2, "src_port", Value::Uint(value as u64 & 0xffff | 0xc000)),
                    _ => (2, "dst_port", Value::Uint(value as u64 & 0xffff | 0xc000)),
                };
                Editor::new(1, &mut frame).update(layer, field, value).unwrap();
                let mut anew = frame.clone();
                Editor::new(1, &mut anew).repair().unwrap();
                prop_assert_eq!(&frame, &anew);
            }
        }
    }
}
