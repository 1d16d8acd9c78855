//! Setting a field to a value.

use super::note::RuleError;
use crate::packet::text_value;
use crate::proto::{Proto, Protocols};
use crate::wire::{Field, Kind, Value};
use core::str::FromStr;
use std::boxed::Box;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// A field that is set to a value: `ipv4.ttl=64`, `tcp.flags.syn=1`, `ip.src#2=10.0.0.1`.
///
/// The name is one that display filters know: Wireshark's, or that of the protocol and of the field in code. It must be a field
/// of the packet's bytes, in a fixed header, an option or a record. All fields of that name in a packet are set, in tunnels and
/// quoted packets too; with `#N`, those of the N-th layer of its protocol, counted from 1.
///
/// ```
/// use packetsmith::rewrite::FieldChange;
/// let change: FieldChange = "ip.ttl#2=64".parse().unwrap();
/// assert_eq!((change.name(), change.layer()), ("ip.ttl", Some(2)));
/// let error = "ip.tll=64".parse::<FieldChange>().unwrap_err();
/// assert_eq!(error.to_string(), "no field or protocol is called ip.tll; the nearest is ip.ttl");
/// let error = "ip.ttl=256".parse::<FieldChange>().unwrap_err();
/// assert_eq!(error.to_string(), "ip.ttl: 256 is more than 255, the largest that fits");
/// ```
#[derive(Clone, Debug)]
pub struct FieldChange {
    name: Box<str>,
    layer: Option<u32>,
    pub(super) fields: Vec<SetField>,
}

/// A field of the name.
#[derive(Clone, Debug)]
pub(super) struct SetField {
    pub proto: Proto,
    pub field: &'static Field,
    /// The bit, if the name is that of a flag.
    pub mask: Option<u64>,
    pub value: NewValue,
}

/// The value that a field gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NewValue {
    Number(u64),
    Signed(i64),
    Bytes(Vec<u8>),
}

impl NewValue {
    pub fn value(&self) -> Value<'_> {
        match self {
            NewValue::Number(number) => Value::Uint(*number),
            NewValue::Signed(number) => Value::Int(*number),
            NewValue::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl FieldChange {
    /// Reads a change of a field, whose protocol may be one of these.
    ///
    /// # Errors
    ///
    /// No field of a packet has the name, or it cannot have the value.
    pub fn parse(text: &str, protocols: &Protocols) -> Result<Self, RuleError> {
        let (name, text) = text.split_once('=').ok_or(RuleError::Form("FIELD=VALUE, such as ipv4.ttl=64,"))?;
        let (name, layer) = match name.trim().split_once('#') {
            None => (name.trim(), None),
            Some((name, number)) => {
                let number = super::mappings::digits(number).filter(|number| *number > 0);
                (name, Some(number.ok_or(RuleError::Form("the number of a layer, from 1 on, after the #"))?))
            }
        };
        let (mut fields, mut why): (Vec<SetField>, _) = (Vec::new(), None);
        for proto in protocols.iter() {
            for field in proto.fields().iter().chain(proto.variable_fields()) {
                let Some(mask) = bit_named(proto, field, name) else { continue };
                let is_known = |known: &SetField| known.proto == proto && known.is(field) && known.mask == mask;
                if fields.iter().any(is_known) {
                    continue;
                }
                match read(field, field.filter == name, mask, text.trim()) {
                    Ok(value) => fields.push(SetField { proto, field, mask, value }),
                    Err(error) => why = Some(error),
                }
            }
        }
        match why {
            _ if !fields.is_empty() => Ok(FieldChange { name: name.into(), layer, fields }),
            Some(why) => Err(RuleError::Value(name.to_string(), why)),
            None => Err(RuleError::Unknown(unknown(name))),
        }
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether another change sets the same field in the same layers.
    pub(super) fn is_same(&self, other: &FieldChange) -> bool {
        let has = |set: &SetField| {
            other.fields.iter().any(|one| one.proto == set.proto && one.is(set.field) && one.mask == set.mask)
        };
        self.layer == other.layer && self.fields.iter().any(has)
    }

    /// The layer, if not all are meant.
    pub fn layer(&self) -> Option<u32> {
        self.layer
    }
}

impl FromStr for FieldChange {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        FieldChange::parse(text, &Protocols::builtin())
    }
}

impl SetField {
    /// Whether it is this field. Tables are constants, and may be at more than one address.
    pub fn is(&self, field: &Field) -> bool {
        self.field.name == field.name && self.field.filter == field.filter
    }
}

/// Whether a name is that of a field, or else the mask of its bit of that name.
fn bit_named(proto: Proto, field: &Field, name: &str) -> Option<Option<u64>> {
    let is_own = || name.split_once('.').is_some_and(|(own, rest)| own == proto.name() && rest == field.name);
    if field.filter == name || is_own() {
        return Some(None);
    }
    match field.kind {
        Kind::Flags(flags) => flags.iter().find(|flag| flag.filter == name).map(|flag| Some(flag.mask)),
        _ => None,
    }
}

/// Reads the value of a field.
fn read(field: &'static Field, by_filter: bool, mask: Option<u64>, text: &str) -> Result<NewValue, String> {
    let kind = match (mask, field.item_kind()) {
        (Some(_), _) => Kind::Bool,
        (None, Kind::Group) => return Err("is a group of fields: set one of them".to_string()),
        (None, Kind::Name) => return Err("is a name, whose length would change: it cannot be set".to_string()),
        (None, kind) => kind,
    };
    let mut scratch = Vec::new();
    let value = match text_value::port(field, text.as_bytes()) {
        Some(port) if text.parse::<u64>().is_err() => Value::Uint(port),
        _ => text_value::parse(kind, text.as_bytes(), &mut scratch).map_err(|error| error.to_string())?,
    };
    let value = match value {
        Value::Uint(number) if by_filter && field.filter_scale() > 1 => {
            let scale = u64::from(field.filter_scale());
            match number % scale {
                0 => NewValue::Number(number / scale),
                _ => return Err(format!("is counted in units of {scale}, and {number} is no multiple of that")),
            }
        }
        Value::Uint(number) => NewValue::Number(number),
        Value::Bool(bit) => NewValue::Number(bit.into()),
        Value::Int(number) => NewValue::Signed(number),
        Value::Mac(address) => NewValue::Bytes(address.0.to_vec()),
        Value::Ipv4(address) => NewValue::Bytes(address.octets().to_vec()),
        Value::Ipv6(address) => NewValue::Bytes(address.octets().to_vec()),
        Value::Bytes(bytes) | Value::Text(bytes) => NewValue::Bytes(bytes.to_vec()),
        Value::Checksum(..) | Value::Name(_) => return Err("cannot be set".to_string()),
    };
    // A value that no header can have is found here, not at the first packet.
    if mask.is_none() && field.first_bit < field.end_bit {
        let mut header = std::vec![0; usize::from(field.end_bit).div_ceil(8)];
        field.write(&mut header, &value.value()).map_err(|error| error.error.to_string())?;
    } else if let (NewValue::Number(number), bits @ 1..=63) = (&value, field.width())
        && mask.is_none()
        && number >> bits != 0
    {
        return Err(crate::wire::ValueError::TooLarge { number: *number, max: (1 << bits) - 1 }.to_string());
    }
    Ok(value)
}

/// Why a name cannot be set.
fn unknown(name: &str) -> String {
    let parts = match name {
        "ip.addr" | "ipv6.addr" | "eth.addr" => Some(("src", "dst")),
        "tcp.port" | "udp.port" => Some(("srcport", "dstport")),
        _ => None,
    };
    let protocol = name.split('.').next().unwrap_or_default();
    match parts {
        Some((one, other)) => format!("{name} is two fields: set {protocol}.{one} or {protocol}.{other}"),
        None if name.parse::<crate::filter::Filter>().is_ok() => {
            format!("{name} cannot be set: it is computed, or made of other fields that can be set")
        }
        None => crate::filter::Filter::unknown_name(name),
    }
}
