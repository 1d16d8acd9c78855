//! The challenge handshake authentication protocol of PPP, RFC 1994.

use super::control::{authentication, control_header};
use crate::wire::{Counted, Text, header, registry, tagged_enum};

registry! {
    /// CHAP codes, RFC 1994 §4.
    pub enum ChapCode: u8 {
        Challenge = 1 "challenge",
        Response = 2 "response",
        Success = 3 "success",
        Failure = 4 "failure",
    }
}

control_header! {
    /// Header of the challenge handshake authentication protocol, RFC 1994 §4.
    pub struct Chap => ChapEdit, ChapCode, "chap.code", "chap.identifier", "chap.length";
}

tagged_enum! {
    /// Contents of a CHAP packet, selected by its code.
    pub enum ChapMessage<'a>: "code", "chap.code", "messages" {
        Challenge = 1 "challenge" {
            /// Challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Name of the challenging system.
            name: Text<'a>, "chap.name";
        }
        Response = 2 "response" {
            /// Hash of identifier, secret and challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Name of the responding system.
            name: Text<'a>, "chap.name";
        }
        Success = 3 "success" {
            /// Message to show to the user.
            message: Text<'a>, "chap.message";
        }
        Failure = 4 "failure" {
            /// Message to show to the user.
            message: Text<'a>, "chap.message";
        }
    }
}

authentication! { Chap, ChapMessage, "chap", "CHAP", "PPP Challenge Handshake Authentication Protocol, RFC 1994" }
