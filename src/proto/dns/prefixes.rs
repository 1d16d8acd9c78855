//! Addresses of which only the first bytes are written: client subnets and address prefixes.

use crate::proto::DnsFamily;
use crate::wire::Schema;
use crate::wire::{ByteSink, Codec, Cursor, Encoder, FieldError, Kind, Span, Value, ValueError, Visitor};
use crate::wire::{Field, header, show_fixed};
use core::net::IpAddr;

header! {
    /// Fields before the address in a client subnet option, RFC 7871 §6.
    pub struct SubnetFields(4) => SubnetFieldsEdit {
        /// Address family.
        family: DnsFamily = 0..16, "dns.opt.client.family";
        /// Source prefix length in bits: the part of the address that the query gives.
        source_prefix: u8 = 16..24, "dns.opt.client.netmask";
        /// Scope prefix length in bits: the addresses for which the response is valid.
        scope_prefix: u8 = 24..32, "dns.opt.client.scope";
    }
}

header! {
    /// Fields before the address in an APL item, RFC 3123 §4.
    pub struct PrefixFields(4) => PrefixFieldsEdit {
        /// Address family.
        family: DnsFamily = 0..16, "dns.apl.address_family";
        /// Prefix length in bits.
        prefix: u8 = 16..24, "dns.apl.coded_prefix";
        /// Negation: addresses of the prefix are excluded.
        negation: bool = 24..25, "dns.apl.negation";
        /// Length of the address in bytes, without trailing zero bytes.
        address_length: u8 = 25..32, "dns.apl.afdlength", bytes, computed;
    }
}

macro_rules! subnets {
    ($(
        $(#[$meta:meta])*
        $name:ident($fields:ident, $length:expr): $ipv4:literal, $ipv6:literal, $other:literal;
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name<'a> {
            /// Fields before the address.
            pub fields: $fields,
            /// The address, without trailing zeros or truncated to its prefix.
            pub address: &'a [u8],
        }

        crate::wire::readable_debug!($name: fields, address);

        impl $name<'_> {
            /// Fields of the address, by address family.
            pub(crate) const ADDRESS: [&'static Field; 3] = [
                &Field::floating("address", $ipv4, Kind::Ipv4, "Address."),
                &Field::floating("address", $ipv6, Kind::Ipv6, "Address."),
                &Field::floating("address", $other, Kind::Bytes, "Address of another family."),
            ];

            /// The address, padded with zeros. `None` for an unknown address family.
            pub fn ip(&self) -> Option<IpAddr> {
                Some(match self.fields.family() {
                    DnsFamily::Ipv4 => IpAddr::from(filled::<4>(self.address)?),
                    DnsFamily::Ipv6 => IpAddr::from(filled::<16>(self.address)?),
                    _ => return None,
                })
            }
        }

        impl<'a> Codec<'a> for $name<'a> {
            const KIND: Kind = Kind::Group;
            const SCHEMA: &'static Schema = &Schema {
                fields: $fields::FIELDS,
                nested: &[&Schema { fields: &[*Self::ADDRESS[0], *Self::ADDRESS[1], *Self::ADDRESS[2]], ..Schema::EMPTY }],
                ..Schema::EMPTY
            };
            fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
                let fields = $fields::take(cursor)?;
                let length: fn(&$fields, &Cursor<'_>) -> usize = $length;
                let address = cursor.take(length(&fields, cursor))?;
                Some($name { fields, address })
            }
            fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                show_fixed($fields::FIELDS, self.fields.as_bytes(), span.start, visitor);
                let span = Span::new(span.start + $fields::LEN as u32, span.end);
                let [ipv4, ipv6, other] = Self::ADDRESS;
                match self.ip() {
                    Some(IpAddr::V4(ip)) => visitor.field(ipv4, span, Value::Ipv4(ip)),
                    Some(IpAddr::V6(ip)) => visitor.field(ipv6, span, Value::Ipv6(ip)),
                    None => visitor.field(other, span, Value::Bytes(self.address)),
                }
            }
            fn emit(&self, out: &mut dyn ByteSink) {
                self.fields.emit(out);
                out.put(self.address)
            }
            fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
                let at = builder.len();
                let unset = builder.fixed::<{ $fields::LEN }>($fields::FIELDS)?;
                let [high, low, prefix, flags] = builder.header(at);
                let [ipv4, ipv6, other] = Self::ADDRESS;
                // A prefix list omits trailing zeros, a client subnet the bytes after its prefix.
                let bytes = if unset != 0 { None } else { Some(usize::from(prefix).div_ceil(8)) };
                match u16::from_be_bytes([high, low]) {
                    1 => builder.shortened(ipv4, bytes)?,
                    2 => builder.shortened(ipv6, bytes)?,
                    _ => builder.bytes(other)?,
                }
                if unset != 0 {
                    let length = builder.len() - at - $fields::LEN;
                    if length > 127 {
                        return Err(FieldError::at(other, ValueError::TooLong { have: length, max: 127 }));
                    }
                    builder.patch(at + 3, 1, u64::from(flags & 0x80) | length as u64);
                }
                Ok(())
            }
            fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
                builder.has_any($fields::FIELDS)
            }
        }
    )* };
}

subnets! {
    /// Network that a query comes from, RFC 7871 §6.
    ClientSubnet(SubnetFields, |_, cursor| cursor.bytes().len()):
        "dns.opt.client.addr4", "dns.opt.client.addr6", "dns.opt.client.addr";
    /// An address prefix, RFC 3123 §4.
    AddressPrefix(PrefixFields, |fields, _| fields.address_length().into()):
        "dns.apl.afdpart.ipv4", "dns.apl.afdpart.ipv6", "dns.apl.afdpart.data";
}

/// Pads an address with zeros.
fn filled<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut full = [0; N];
    full.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(full)
}
