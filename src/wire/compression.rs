//! Domain name compression while encoding (RFC 1035 §4.1.4).

use super::byte_sink::ByteSink;
use super::value_error::ValueError;

/// Offsets of labels in a message that later names can point to (RFC 1035 §4.1.4).
#[derive(Clone, Debug)]
pub(crate) struct LabelTable {
    places: [u16; LabelTable::MAX],
    count: usize,
}

impl LabelTable {
    /// Largest number of offsets that are kept. Later names can still point to these.
    const MAX: usize = 128;

    pub(crate) const fn new() -> Self {
        LabelTable { places: [0; LabelTable::MAX], count: 0 }
    }

    /// Writes a name: its labels, then a pointer to the labels that the message has already.
    pub(crate) fn put(&mut self, name: &crate::wire::Name<'_>, message: usize, out: &mut dyn ByteSink) {
        for (i, label) in name.labels().enumerate() {
            let Ok(label) = label else {
                out.refuse(ValueError::Rule("the name cannot be read to its end").into());
                break;
            };
            let written = out.written().get(message..).unwrap_or(&[]);
            let rest_stands_at = |context: &u16| {
                let there = crate::wire::Name::new(written, usize::from(*context)).labels();
                name.labels().skip(i).eq(there)
            };
            let known = self.places[..self.count].iter().copied().find(rest_stands_at);
            if let Some(context) = known {
                return out.put(&(0xc000 | context).to_be_bytes());
            }
            let at = out.len() - message;
            if at < 0x4000
                && let Some(context) = self.places.get_mut(self.count)
            {
                *context = at as u16;
                self.count += 1;
            }
            out.put(&[label.len() as u8]);
            out.put(label);
        }
        out.put(&[0]);
    }
}
