//! Columns: values of expressions, packet by packet.

use super::check;
use super::column_value::ColumnValue;
use super::datum::Datum;
use super::error::ColumnError;
use super::frame_info::FrameInfo;
use super::names::FilterNames;
use super::parse;
use super::plan::{Plan, PlannedColumn};
use super::run::Run;
use super::types::Type;
use crate::dissect::Examine;
use crate::flow::of_walk;
use crate::proto::Protocols;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Expressions of the language of display filters, whose values are columns of packets.
///
/// A column is a name (`ip.src`), an expression that has values (`tcp.len + 20`, `len(dns.qry.name)`, `eth.src[0:3]`,
/// `@ip.src`, `ip.src#2`), or a test, whose value is true or false (`tcp.port == 80`). One walk over a packet answers all
/// of them. The values of a name are in the order in which they are in the packet. A calculation with two names has a
/// result for each pair of their values, each result once.
///
/// ```
/// use packetsmith::proto::transport::TcpFlags;
/// use packetsmith::{Columns, Ethernet, FrameInfo, Ipv4, Stack, Tcp, examine};
/// let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
/// let tcp = Tcp::build().dst_port(80).flags(TcpFlags::SYN);
/// let frame = Stack::new().push(Ethernet::build()).push(ip).push(tcp).finish().unwrap();
///
/// let columns = Columns::parse(["ip.addr", "tcp.flags", "tcp.port == 80", "vlan.id"]).unwrap();
/// let mut reader = columns.read(&FrameInfo::default());
/// reader.walk(examine(1, &frame));
/// let values = reader.finish();
/// let text = |column| values.values(column).map(|value| value.to_string()).collect::<Vec<_>>().join(",");
/// assert_eq!((0..4).map(text).collect::<Vec<_>>(), ["10.0.0.1,10.0.0.2", "0x0002", "1", ""]);
///
/// let error = Columns::parse(["ip.src", "ip.dts"]).unwrap_err();
/// assert_eq!(error.column, 1);
/// assert_eq!(error.to_string(), "no field or protocol is called ip.dts; the nearest is ip.dst");
/// ```
#[derive(Clone)]
pub struct Columns {
    plan: Plan,
    planned: Vec<PlannedColumn>,
    texts: Vec<Box<str>>,
}

/// The expressions.
impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Columns").field(&self.texts).finish()
    }
}

impl Columns {
    /// Parses the expressions.
    ///
    /// # Errors
    ///
    /// As [`Filter::parse`](crate::Filter::parse), for the first column that is wrong. All columns together have 128 tests at
    /// most. A calculation that can have more than 65,536 results in one packet is refused.
    pub fn parse<'t>(expressions: impl IntoIterator<Item = &'t str>) -> Result<Self, ColumnError> {
        Protocols::builtin().columns(expressions)
    }

    /// The expressions, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// Whether a column asks for what only [`Flows`](crate::flow::Flows) finds out. Without it in
    /// [`FrameInfo::flows`], such names have no values.
    pub fn needs_flows(&self) -> bool {
        self.plan.flows
    }

    /// Whether a column asks for the time since the packet before that passed the filter, [`FrameInfo::since_displayed`].
    pub fn needs_displayed(&self) -> bool {
        self.plan.displayed
    }

    /// Begins a packet, given what the capture says about it.
    pub fn read<'c, 'f>(&'c self, info: &FrameInfo<'f>) -> ColumnReader<'c, 'f> {
        ColumnReader { columns: self, run: Run::new(&self.plan), info: *info, walks: 0, repeated: 0 }
    }
}

impl Protocols {
    /// Reads columns that may ask for these protocols.
    ///
    /// # Errors
    ///
    /// As [`Columns::parse`].
    pub fn columns<'t>(&self, expressions: impl IntoIterator<Item = &'t str>) -> Result<Columns, ColumnError> {
        let texts: Vec<Box<str>> = expressions.into_iter().map(Box::from).collect();
        let mut conditions = Vec::new();
        for (column, text) in texts.iter().enumerate() {
            conditions.push(parse::parse(text).map_err(|error| ColumnError { column, error })?);
        }
        let (plan, planned) = check::columns(&conditions, FilterNames { known: self })?;
        Ok(Columns { plan, planned, texts })
    }
}

/// Takes the walks of a packet, first that of the frame, and reads the values of [`Columns`].
pub struct ColumnReader<'c, 'f> {
    columns: &'c Columns,
    run: Run<'c, 'f>,
    info: FrameInfo<'f>,
    walks: usize,
    /// Layers that a datagram repeats, which completes in the walk before.
    repeated: usize,
}

impl<'c, 'f> ColumnReader<'c, 'f> {
    /// Takes the layers of the frame, or then those of a message or of a sampled packet.
    pub fn walk(&mut self, layers: Examine<'f>) {
        if self.walks == 0 {
            self.run.take_frame(&layers, &self.info);
        }
        self.take(layers, 0);
    }

    /// Takes the layers of a datagram that the walk before completes. The headers before the fragment's data are those of
    /// that walk, and do not count again.
    pub fn datagram(&mut self, layers: Examine<'f>) {
        self.take(layers, self.repeated);
    }

    fn take(&mut self, layers: Examine<'f>, skipped: usize) {
        let flows = of_walk(self.info.flows, self.walks);
        self.walks += 1;
        self.repeated = self.run.walk_from(layers, flows, skipped);
    }

    /// Ends the packet.
    pub fn finish(mut self) -> PacketColumns<'c, 'f> {
        self.run.end();
        PacketColumns { columns: self.columns, run: self.run }
    }
}

/// How many walks it has taken.
impl fmt::Debug for ColumnReader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnReader").field("walks", &self.walks).finish_non_exhaustive()
    }
}

/// The values of a packet.
pub struct PacketColumns<'c, 'f> {
    columns: &'c Columns,
    run: Run<'c, 'f>,
}

impl PacketColumns<'_, '_> {
    /// The values of a column, in order. None if there is no such column.
    pub fn values(&self, column: usize) -> impl Iterator<Item = ColumnValue<'_>> {
        let planned = self.columns.planned.get(column);
        let (values, kind, notation) = match planned {
            None => (Vec::new(), Type::Presence, None),
            Some(PlannedColumn::Values { operand, kind, notation }) => (self.run.listed(operand), *kind, *notation),
            Some(PlannedColumn::Test(expression)) => {
                (Vec::from([Datum::Number(self.run.expression(expression).into())]), Type::Boolean, None)
            }
        };
        values.into_iter().map(move |datum| ColumnValue { datum, kind, notation })
    }
}

/// The values of each column.
impl fmt::Debug for PacketColumns<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = |column| self.values(column).map(|value| alloc::string::ToString::to_string(&value));
        let columns = self.columns.texts.iter().enumerate();
        f.debug_map().entries(columns.map(|(column, text)| (text, values(column).collect::<Vec<_>>()))).finish()
    }
}
