//! Fields that the items of any list have.

use super::field::Field;
use super::kind::Kind;

/// Field of a list's item that is a group of fields.
pub const ITEM: &Field = &Field::floating("item", "", Kind::Group, "An item of a list.");
/// Length of an item, as encoded.
pub const LENGTH: &Field = &Field::floating("length", "", Kind::Uint, "Length as encoded.").computed();
/// Contents of an item without a type, or that do not fit its type.
pub const DATA: &Field = &Field::floating("data", "", Kind::Bytes, "Contents that are not taken further apart.");
/// Padding of an item.
pub(super) const PADDING: &Field = &Field::floating("padding", "", Kind::Bytes, "Fills the item up.");
/// Bytes of a list after its last whole item.
pub(crate) const REST: &Field = &Field::floating("rest", "", Kind::Bytes, "Bytes after the last whole item.");
