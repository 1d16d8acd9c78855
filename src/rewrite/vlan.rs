//! VLAN tags: added, stripped, set.

use super::mappings::digits;
use super::note::RuleError;
use crate::dissect::Layer;
use crate::proto::View;
use core::str::FromStr;
use std::string::ToString;
use std::vec::Vec;

/// What is set in a VLAN tag. What is not set stays, or is 0 in a new tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VlanTag {
    /// VLAN identifier, 0 to 4095.
    pub id: Option<u16>,
    /// Priority, 0 to 7.
    pub priority: Option<u8>,
    /// Drop eligible indicator.
    pub drop_eligible: Option<bool>,
    /// EtherType before the tag: 0x8100 of IEEE 802.1Q, 0x88a8 of IEEE 802.1ad.
    pub ethertype: Option<u16>,
}

/// A change of the outermost VLAN tag: `add:100`, `strip`, `set:200`.
///
/// After the identifier there can be `priority=P`, `dei=0` or `dei=1`, and `type=0x88a8`, separated by commas.
///
/// ```
/// use packetsmith::rewrite::{VlanChange, VlanTag};
/// let change: VlanChange = "add:100,priority=5,type=0x88a8".parse().unwrap();
/// let tag = VlanTag { id: Some(100), priority: Some(5), ethertype: Some(0x88a8), ..VlanTag::default() };
/// assert_eq!(change, VlanChange::Add(tag));
/// assert_eq!("strip".parse(), Ok(VlanChange::Strip));
/// assert_eq!("add:4096".parse::<VlanChange>().unwrap_err().to_string(), "4096 is not a VLAN identifier, 0 to 4095");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VlanChange {
    /// Adds a tag before all others. In a frame that has one, a second tag.
    Add(VlanTag),
    /// Takes the outermost tag away.
    Strip,
    /// Sets fields of the outermost tag.
    Set(VlanTag),
}

impl FromStr for VlanChange {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let form = RuleError::Form("add:ID, strip or set:ID, such as add:100 or add:100,priority=5,type=0x88a8,");
        match text.split_once(':') {
            None if text == "strip" => Ok(VlanChange::Strip),
            Some(("add", tag)) => {
                let tag = tag_of(tag)?;
                if tag.id.is_none() {
                    return Err(form);
                }
                Ok(VlanChange::Add(tag))
            }
            Some(("set", tag)) => Ok(VlanChange::Set(tag_of(tag)?)),
            _ => Err(form),
        }
    }
}

/// Reads what is set in a tag.
fn tag_of(text: &str) -> Result<VlanTag, RuleError> {
    let mut tag = VlanTag::default();
    for part in text.split(',') {
        let refused = |what| Err(RuleError::NotA(what, part.to_string()));
        match part.split_once('=') {
            None => match digits::<u16>(part).filter(|id| *id < 4096) {
                Some(id) if tag.id.is_none() => tag.id = Some(id),
                _ => return refused("a VLAN identifier, 0 to 4095"),
            },
            Some(("priority", value)) => match digits::<u8>(value).filter(|priority| *priority < 8) {
                Some(priority) => tag.priority = Some(priority),
                None => return refused("a priority, 0 to 7"),
            },
            Some(("dei", "0" | "1")) => tag.drop_eligible = Some(part.ends_with('1')),
            Some(("type", value)) => {
                let hex = value.strip_prefix("0x").and_then(|value| u16::from_str_radix(value, 16).ok());
                match hex.filter(|ethertype| matches!(ethertype, 0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300)) {
                    Some(ethertype) => tag.ethertype = Some(ethertype),
                    None => return refused("the EtherType of a tag: 0x8100, 0x88a8, 0x9100, 0x9200 or 0x9300"),
                }
            }
            _ => return refused("a part of a tag: an identifier, priority=, dei= or type="),
        }
    }
    Ok(tag)
}

impl VlanTag {
    /// Tag control information with what is set here.
    fn control(&self, old: u16) -> u16 {
        let id = self.id.unwrap_or(old & 0xfff);
        let priority = self.priority.map_or(old & 0xe000, |priority| u16::from(priority) << 13);
        let drop_eligible = self.drop_eligible.map_or(old & 0x1000, |bit| u16::from(bit) << 12);
        priority | drop_eligible | id
    }
}

/// Changes the outermost tag of a frame that begins with these layers.
///
/// # Errors
///
/// The frame has no place for a tag, or has none.
pub(super) fn change<'a>(
    change: &VlanChange,
    mut layers: impl Iterator<Item = Layer<'a>>,
    frame: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    out.clear();
    out.extend_from_slice(frame);
    let (first, second) = (layers.next(), layers.next());
    // Where the EtherType of the payload is, and where that begins.
    let places = first.as_ref().and_then(|layer| match layer.view {
        View::Ethernet(_) => Some((12, 14)),
        View::Sll(_) => Some((14, 16)),
        View::Sll2(_) => Some((0, 20)),
        _ => None,
    });
    let Some((type_at, at)) = places else { return Err("the frame is none of Ethernet or Linux cooked capture") };
    let has_tag = second.is_some_and(|layer| matches!(layer.view, View::Vlan(_)));
    match change {
        VlanChange::Add(tag) => {
            let Some(&[high, low]) = frame.get(type_at..type_at + 2).and_then(|bytes| bytes.first_chunk()) else {
                return Err("the frame is cut before its type");
            };
            let [a, b] = tag.control(0).to_be_bytes();
            out.splice(at..at, [a, b, high, low]);
            out[type_at..type_at + 2].copy_from_slice(&tag.ethertype.unwrap_or(0x8100).to_be_bytes());
        }
        _ if !has_tag => return Err("the frame has none"),
        VlanChange::Strip => {
            let inner = [frame[at + 2], frame[at + 3]];
            out[type_at..type_at + 2].copy_from_slice(&inner);
            out.drain(at..at + 4);
        }
        VlanChange::Set(tag) => {
            let control = tag.control(u16::from_be_bytes([frame[at], frame[at + 1]]));
            out[at..at + 2].copy_from_slice(&control.to_be_bytes());
            if let Some(ethertype) = tag.ethertype {
                out[type_at..type_at + 2].copy_from_slice(&ethertype.to_be_bytes());
            }
        }
    }
    Ok(())
}
