//! The password authentication protocol of PPP, RFC 1334 §2.

use super::control::{authentication, control_header};
use crate::wire::{Counted, Text, header, registry, tagged_enum};

registry! {
    /// PAP codes, RFC 1334 §2.2.
    pub enum PapCode: u8 {
        Request = 1 "authenticate request",
        Ack = 2 "authenticate ack",
        Nak = 3 "authenticate nak",
    }
}

control_header! {
    /// Header of the password authentication protocol, RFC 1334 §2.2.
    pub struct Pap => PapEdit, PapCode, "pap.code", "pap.identifier", "pap.length";
}

tagged_enum! {
    /// Contents of a PAP packet, selected by its code.
    pub enum PapMessage<'a>: "code", "pap.code", "messages" {
        Request = 1 "authenticate request" {
            /// Name of the user.
            peer_id: Counted<Text<'a>>, "pap.peer_id";
            /// Password in clear text.
            password: Counted<Text<'a>>, "pap.password";
        }
        Ack = 2 "authenticate ack" {
            /// Message to show to the user. The field may be missing altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
        Nak = 3 "authenticate nak" {
            /// Message to show to the user. The field may be missing altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
    }
}

authentication! { Pap, PapMessage, "pap", "PAP", "PPP Password Authentication Protocol, RFC 1334" }
