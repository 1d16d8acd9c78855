//! Statements: enums whose members have names, so that text and JSON have one source.

use super::packet_list::{Nanos, PacketList};
use crate::flow::Endpoint;
use crate::wire::MacAddr;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The value of a member of a statement.
pub enum StatementMember<'a> {
    /// A number.
    Number(u64),
    /// Text, which may come from packets: it may have any characters.
    Text(&'a dyn Display),
    /// A duration.
    Duration(Nanos),
    /// Numbers of packets.
    Packets(&'a PacketList),
    /// Several texts.
    List(&'a [&'a dyn Display]),
    /// Several numbers.
    Numbers(&'a [u64]),
    /// Several durations.
    Durations(&'a [Nanos]),
    /// A value with members of its own.
    Record(&'a dyn StatementRecord),
    /// Several values with members of their own.
    Records(&'a [&'a dyn StatementRecord]),
    /// Not known, or not there.
    Nothing,
}

/// A value that has members.
pub trait StatementRecord {
    /// Passes the name and the value of each member.
    fn members(&self, visit: &mut MemberVisitor<'_>);
}

/// Takes the name and the value of a member.
pub type MemberVisitor<'v> = dyn FnMut(&'static str, StatementMember<'_>) + 'v;

/// A value that can be a member of a statement.
pub(super) trait MemberValue {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>);
}

impl MemberValue for PacketList {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
        visit(name, StatementMember::Packets(self));
    }
}

impl MemberValue for Nanos {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
        visit(name, StatementMember::Duration(*self));
    }
}

impl<T: MemberValue> MemberValue for Option<T> {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
        match self {
            Some(value) => value.member(name, visit),
            None => visit(name, StatementMember::Nothing),
        }
    }
}

impl<T: ListItem> MemberValue for Vec<T> {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
        T::list(self, name, visit);
    }
}

/// What a list in a statement is made of.
pub(super) trait ListItem: Sized {
    fn list(items: &[Self], name: &'static str, visit: &mut MemberVisitor<'_>);
}

/// Types whose lists are lists of texts.
macro_rules! text_items {
    ($($item:ty),+ $(,)?) => { $(
        impl ListItem for $item {
            fn list(items: &[Self], name: &'static str, visit: &mut MemberVisitor<'_>) {
                let items: Vec<&dyn Display> = items.iter().map(|item| item as &dyn Display).collect();
                visit(name, StatementMember::List(&items));
            }
        }
    )+ };
}

text_items!(IpAddr, MacAddr, String, &'static str);

impl ListItem for u16 {
    fn list(items: &[Self], name: &'static str, visit: &mut MemberVisitor<'_>) {
        let numbers: Vec<u64> = items.iter().map(|item| u64::from(*item)).collect();
        visit(name, StatementMember::Numbers(&numbers));
    }
}

impl ListItem for Nanos {
    fn list(items: &[Self], name: &'static str, visit: &mut MemberVisitor<'_>) {
        visit(name, StatementMember::Durations(items));
    }
}

/// Types whose values have members.
macro_rules! records {
    ($($record:ty),+ $(,)?) => { $(
        impl $crate::explain::statement_macro::MemberValue for $record {
            fn member(&self, name: &'static str, visit: &mut $crate::explain::statement_macro::MemberVisitor<'_>) {
                visit(name, $crate::explain::statement_macro::StatementMember::Record(self));
            }
        }

        impl $crate::explain::statement_macro::ListItem for $record {
            fn list(
                items: &[Self],
                name: &'static str,
                visit: &mut $crate::explain::statement_macro::MemberVisitor<'_>,
            ) {
                let items: alloc::vec::Vec<_> = items
                    .iter()
                    .map(|item| item as &dyn $crate::explain::statement_macro::StatementRecord)
                    .collect();
                visit(name, $crate::explain::statement_macro::StatementMember::Records(&items));
            }
        }
    )+ };
}
pub(super) use records;

macro_rules! numbers {
    ($($number:ty),+) => { $(
        impl MemberValue for $number {
            fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
                visit(name, StatementMember::Number((*self).into()));
            }
        }
    )+ };
}

numbers!(u16, u32, u64);

/// Types whose text is their value.
macro_rules! texts {
    ($($text:ty),+ $(,)?) => { $(
        impl $crate::explain::statement_macro::MemberValue for $text {
            fn member(&self, name: &'static str, visit: &mut $crate::explain::statement_macro::MemberVisitor<'_>) {
                visit(name, $crate::explain::statement_macro::StatementMember::Text(self));
            }
        }
    )+ };
}
pub(super) use texts;

texts!(Endpoint, IpAddr, Ipv4Addr, Ipv6Addr, MacAddr, String, &'static str);

/// Defines an enum of statements: its variants with their names, and members.
macro_rules! statements {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident = $kind:literal {
                    $( $(#[$member_doc:meta])* $member:ident: $type:ty, )*
                }
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "there are few statements")]
        pub enum $name {
            $(
                $(#[$doc])*
                $variant { $( $(#[$member_doc])* $member: $type, )* },
            )+
        }

        impl $name {
            /// What kind of statement it is: a name in lower case, with `_` between words.
            pub const fn kind(&self) -> &'static str {
                match self { $( $name::$variant { .. } => $kind, )+ }
            }

            /// Passes the name and the value of each member.
            pub fn members(&self, visit: &mut $crate::explain::MemberVisitor<'_>) {
                match self {
                    $( $name::$variant { $( $member, )* } => {
                        $( $crate::explain::statement_macro::MemberValue::member($member, stringify!($member), visit); )*
                        #[allow(unreachable_code, unused)]
                        let _ = &visit;
                    } )+
                }
            }
        }
    };
}
pub(super) use statements;
