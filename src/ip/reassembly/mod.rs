//! Reassembly of IP fragments: RFC 791 §3.2, RFC 815, RFC 8200 §4.5.
//!
//! A [`Reassembler`] is bounded in datagrams, bytes and time, whatever input it gets. Results are values: an [`Outcome`]
//! for each fragment, a [`Lost`] for each datagram that is given up. `docs/reassembly.md` lists the known attacks, and
//! the defence against each.
//!
//! ```
//! use core::time::Duration;
//! use packetsmith::ip::Fragmenter;
//! use packetsmith::ip::{Outcome, Reassembler, Settings};
//! use packetsmith::{Ipv4, Stack};
//! let packet = Stack::new().push(Ipv4::build()).payload(&[7; 4980]).finish().unwrap();
//! let mut reassembler = Reassembler::new(Settings::default());
//! let mut finished = Vec::new();
//! let mut buffer = [0; 1500];
//! for (number, piece) in Fragmenter::new(1500).split(&packet).unwrap().enumerate() {
//!     let fragment = piece.write_into(&mut buffer).unwrap();
//!     let outcome = reassembler.push(fragment, number as u64, Duration::ZERO, &mut |_| {});
//!     if let Outcome::Complete(datagram) = outcome {
//!         assert_eq!(datagram.packet(), packet);
//!         finished = datagram.origins().map(|origin| (origin.frame, origin.bytes)).collect();
//!     }
//! }
//! assert_eq!(finished, [(0, 0..1480), (1, 1480..2960), (2, 2960..4440), (3, 4440..4980)]);
//! ```

mod clock;
mod findings;
mod fragment;
mod key;
mod network;
mod outcome;
mod pending;
mod policy;
mod reassembler;
mod segments;
mod settings;

pub use findings::Findings;
pub use fragment::find;
pub use key::Key;
pub use network::Network;
pub(crate) use network::NetworkHasher;
pub use outcome::{Datagram, Lost, LostReason, Origin, Outcome, Refusal};
pub use policy::Policy;
pub use reassembler::Reassembler;
pub use settings::{LongDatagrams, Settings};
