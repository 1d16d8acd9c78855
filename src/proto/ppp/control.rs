//! What the control protocols of PPP share: a header of code, identifier and length (RFC 1661 §5), options (RFC 1661 §6),
//! and what network control and authentication protocols do.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, LayerContext, NextProtocol, ParseDefect, ParsedHeader, Report};
use crate::wire::{Field, Kind, TaggedEnum, TlvItem, TlvLayout, Tlvs, Value, Visitor, registry};
#[cfg(feature = "alloc")]
use crate::wire::{TextBuffer, append};

pub(super) const OPTIONS: &Field = &Field::floating("options", "", Kind::List(&Kind::Group), "Options, RFC 1661 §6.");

/// Options count type and length in their length, RFC 1661 §6.
pub(super) const OPTION_LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::BYTES };

/// Declares the header of a control protocol: code, identifier and length. The strings are the filter names.
macro_rules! control_header {
    (
        $(#[$meta:meta])*
        pub struct $name:ident => $edit:ident, $code:ty, $code_filter:literal, $identifier:literal, $length:literal;
    ) => {
        header! {
            $(#[$meta])*
            pub struct $name(4) => $edit, layer {
                /// Code: type of the packet.
                code: $code = 0..8, $code_filter;
                /// Identifier; matches replies to requests.
                identifier: u8 = 8..16, $identifier;
                /// Length of the packet in bytes, including this header.
                length: u16 = 16..32, $length, bytes, total_length(0);
            }
        }
    };
}

/// Header length and total length of a packet with length field `length`, of which `bytes` were captured.
pub(super) fn parts<H>(header: H, length: u16, row: u8, bytes: &[u8]) -> ParsedHeader<H> {
    match usize::from(length) {
        length @ 4.. => ParsedHeader::new(header, length.min(bytes.len()), NextProtocol::Unknown).total_len(length),
        length => ParsedHeader::new(header, 4, NextProtocol::Unknown).defect(ParseDefect::too_short(length, 4).at(row)),
    }
}

/// Whether a packet of `length` bytes was captured completely. Truncation is reported elsewhere.
pub(super) fn is_whole(length: u16, context: &LayerContext<'_>) -> bool {
    usize::from(length) == context.header().len()
}

/// Reports a complete message that does not fit its code.
pub(super) fn check_message<'a, V: TaggedEnum<'a>>(
    kind: u8,
    length: u16,
    context: &LayerContext<'a>,
    report: &mut Report<'_>,
) {
    let (kind, contents) = (u16::from(kind), context.options(4));
    if is_whole(length, context) && V::name_of(kind).is_some() && V::decode(kind, contents).is_unknown() {
        report(None, contents.span(), IssueKind::BadItem(kind));
    }
}

/// Begins the summary line of a control protocol.
#[cfg(feature = "alloc")]
pub(super) fn begin_summary<'s>(
    summary: &'s mut Summary,
    protocol: &str,
    code_name: Option<&str>,
    code: u8,
    identifier: u8,
) -> &'s mut TextBuffer {
    let info = summary.begin(protocol);
    info.name_or_number(code_name, "code ", code);
    append!(info, ", id ", identifier);
    info
}

registry! {
    /// Codes of network control protocols, RFC 1661 §5.
    pub enum NcpCode: u8 {
        ConfigureRequest = 1 "configure request",
        ConfigureAck = 2 "configure ack",
        ConfigureNak = 3 "configure nak",
        ConfigureReject = 4 "configure reject",
        TerminateRequest = 5 "terminate request",
        TerminateAck = 6 "terminate ack",
        CodeReject = 7 "code reject",
    }
}

/// Contents of a packet without options: why the protocol ends, a packet whose code is rejected.
pub(super) const NCP_DATA: &Field =
    &Field::floating("data", "ppp.data", Kind::Bytes, "Data of a packet that has no options, RFC 1661 §5.");

/// Shows the contents of a network control protocol packet.
pub(super) fn show_ncp<'a, V: TaggedEnum<'a> + TlvItem>(
    code: u8,
    context: &LayerContext<'a>,
    visitor: &mut dyn Visitor,
) {
    let contents = context.options(4);
    match code {
        1..=4 if !contents.is_empty() => Tlvs::<V>::at(contents).show(OPTIONS, visitor),
        _ if !contents.is_empty() => visitor.field(NCP_DATA, contents.span(), Value::Bytes(contents.bytes())),
        _ => {}
    }
}

/// Implements a network control protocol: a header, and options in the packets that configure.
macro_rules! network_control {
    ($name:ident, $option:ident, $short:literal, $upper:literal, $title:literal, $raw:literal) => {
        const _: () = {
            #[cfg(feature = "alloc")]
            use $crate::layer::Summary;
            use $crate::layer::{LayerContext, NextProtocol, OptionList, ParseDefect, ParsedHeader, Protocol, Report};
            #[cfg(feature = "alloc")]
            use $crate::proto::ppp::control::begin_summary;
            use $crate::proto::ppp::control::{NCP_DATA, OPTIONS, is_whole, parts, show_ncp};
            use $crate::wire::{Encoder, Field, FieldError, Schema, Tlvs, Visitor};
            impl<'a> $name<&'a [u8; 4]> {
                /// The options. Empty in packets that have none.
                pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, $option<'a>> {
                    let mut contents = context.options(4);
                    if !matches!(u8::from(self.code()), 1..=4) {
                        contents.rest();
                    }
                    Tlvs::at(contents)
                }
            }

            impl<'a> Protocol<'a> for $name<&'a [u8; 4]> {
                const NAME: &'static str = $short;
                const TITLE: &'static str = $title;
                const TABLE: &'static [Field] = $name::FIELDS;
                const LENGTH_ROW: u8 = $name::row("length");
                const OPTIONS: Option<OptionList> = Some(OptionList::placed_by_protocol::<$option>(OPTIONS));
                const VARIABLE: &'static [&'static Schema] = &[&Schema::of(core::slice::from_ref(NCP_DATA))];
                const RAW: &'static str = $raw;

                fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
                    let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs($name::LEN))?;
                    Ok(parts(header, header.length(), $name::row("length"), bytes))
                }

                fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
                    Tlvs::<$option>::build(OPTIONS, builder)?;
                    builder.bytes(NCP_DATA)
                }

                fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
                    show_ncp::<$option>(self.code().into(), context, visitor);
                }

                fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
                    if is_whole(self.length(), context) {
                        self.options(context).check(OPTIONS, report);
                    }
                }

                #[cfg(feature = "alloc")]
                fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
                    let info =
                        begin_summary(summary, $upper, self.code().name(), self.code().into(), self.identifier());
                    info.items(self.options(context), |_| false);
                }
            }
        };
    };
}

/// Implements an authentication protocol: a header, and a message that the code selects.
macro_rules! authentication {
    ($name:ident, $message:ident, $short:literal, $upper:literal, $title:literal) => {
        const _: () = {
            #[cfg(feature = "alloc")]
            use $crate::layer::Summary;
            use $crate::layer::{LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report};
            #[cfg(feature = "alloc")]
            use $crate::proto::ppp::control::begin_summary;
            use $crate::proto::ppp::control::{check_message, parts};
            #[cfg(feature = "alloc")]
            use $crate::wire::macro_support::InlineFields;
            use $crate::wire::{Encoder, Field, FieldError, Schema, TaggedEnum, Visitor, show_message};
            impl<'a> $name<&'a [u8; 4]> {
                /// The contents of the packet. A truncated message is `Unknown`.
                pub fn message(&self, context: &LayerContext<'a>) -> $message<'a> {
                    $message::decode(u8::from(self.code()).into(), context.options($name::LEN))
                }
            }

            impl<'a> Protocol<'a> for $name<&'a [u8; 4]> {
                const NAME: &'static str = $short;
                const TITLE: &'static str = $title;
                const TABLE: &'static [Field] = $name::FIELDS;
                const LENGTH_ROW: u8 = $name::row("length");
                const VARIABLE: &'static [&'static Schema] = &[$message::SCHEMA];
                const RAW: &'static str = "Nothing.";

                fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
                    let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs($name::LEN))?;
                    Ok(parts(header, header.length(), $name::row("length"), bytes))
                }

                fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
                    let header: [u8; $name::LEN] = builder.header(at);
                    $message::build(u8::from($name::new(&header).code()).into(), builder)
                }

                fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
                    show_message::<$message>(u8::from(self.code()).into(), context.options($name::LEN), visitor);
                }

                fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
                    check_message::<$message>(self.code().into(), self.length(), context, report);
                }

                #[cfg(feature = "alloc")]
                fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
                    let info =
                        begin_summary(summary, $upper, self.code().name(), self.code().into(), self.identifier());
                    let contents = context.options($name::LEN);
                    $message::show(u8::from(self.code()).into(), contents, &mut InlineFields::named(info));
                }
            }

            crate::wire::message_of! { $message: $name, "code" }
        };
    };
}

pub(super) use authentication;
pub(super) use control_header;
pub(super) use network_control;
