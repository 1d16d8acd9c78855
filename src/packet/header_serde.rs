//! Headers and packets in serde's data model: the same names and values as a tree's, and as the JSON of the tool.

use super::assemble::{LAYER, LAYERS};
use super::owned::Packet;
use super::tree::Tree;
use crate::build::dispatch::HeaderProto;
use crate::proto::Proto;
use crate::wire::{DeserializeLayer, Encoder, Field, FieldError, FieldSource, Kind, ValueError};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// Number of bytes that the capture cut off, beside the layers of a packet.
const MISSING: &Field =
    &Field::floating("missing", "", Kind::Uint, "Bytes that the capture cut off the end of the frame.");

/// What is wrong with a member, after its name.
fn message(tree: &mut Tree, read: impl FnOnce(&mut dyn FieldSource) -> Result<(), FieldError>) -> Result<(), String> {
    let mut source = tree.source();
    let Err(error) = read(&mut source).and_then(|()| source.close()) else { return Ok(()) };
    Err(match (error.field, source.place().last()) {
        (None, Some(place)) => format!("{place}: {}", error.error),
        _ => error.to_string(),
    })
}

/// Reads the fields of a header, and its protocol's name if it is there.
fn fields(
    proto: Proto,
    tree: &mut Tree,
    build: &dyn Fn(&mut Encoder<'_>) -> Result<u64, FieldError>,
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    message(tree, |source| {
        if let Some(value) = source.value(LAYER)?
            && value != crate::wire::Value::Text(proto.name().as_bytes())
        {
            return Err(FieldError::at(LAYER, ValueError::Rule("is another protocol")));
        }
        build(&mut Encoder::new(source, &mut bytes, &mut Vec::new())).map(drop)
    })?;
    Ok(bytes)
}

impl<'de, H: HeaderProto> DeserializeLayer<'de> for H {
    fn fixed_header<const N: usize, D: Deserializer<'de>>(
        table: &'static [Field],
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let mut tree = Tree::deserialize(deserializer)?;
        let bytes = fields(H::PROTO, &mut tree, &|encoder| encoder.fixed::<N>(table)).map_err(Error::custom)?;
        bytes.try_into().map_err(|_| Error::custom("the header has another length"))
    }
}

/// An object with the list `layers`, and with `missing` if the capture cut bytes off the packet.
///
/// ```
/// use packetsmith::{Packet, examine};
/// let frame = [0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc, 7];
/// let json = serde_json::to_string(&Packet::new(examine(1, &frame))).unwrap();
/// let mut packet: Packet = serde_json::from_str(&json).unwrap();
/// assert_eq!(packet.build().unwrap(), frame);
/// ```
impl Serialize for Packet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.missing == 0 {
            return self.form.serialize(serializer);
        }
        let mut tree = self.form.clone();
        tree.number(MISSING.name, self.missing.into());
        tree.serialize(serializer)
    }
}

/// The layers are read as they are; [`Packet::build`] finds what is wrong with them.
impl<'de> Deserialize<'de> for Packet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut packet = Packet::default();
        packet.form = Tree::deserialize(deserializer)?;
        if let Some(unknown) = packet.form.members().find(|name| ![LAYERS.name, MISSING.name].contains(name)) {
            return Err(Error::custom(format_args!("{unknown}: a packet has no such member")));
        }
        if let Some(missing) = packet.form.source().value(MISSING).map_err(Error::custom)? {
            let bytes = missing.number().and_then(|bytes| u32::try_from(bytes).ok());
            packet.missing = bytes.ok_or_else(|| Error::custom("missing: is no number of bytes of a packet"))?;
        }
        packet.form.remove_value(MISSING.name);
        Ok(packet)
    }
}
