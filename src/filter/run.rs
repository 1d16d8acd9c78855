//! Running a filter: one walk over a packet answers all tests.

use super::checksums::{reports_absent, right_checksum, shown_checksum, status};
use super::column_value::ColumnValue;
use super::counted::CountedPart;
use super::datum::{Blob, Datum, number_of};
use super::derived::Line;
use super::encapsulation;
use super::field_datum::with_datum;
use super::frame_info::FrameInfo;
use super::header_parts::{is_whole, readable_bits, routed};
use super::heading::heading;
use super::items::ItemAtHand;
use super::plan::{Asked, AskedRow, Expression, Operand, Plan, PlanInput, Test};
use super::protocol_list::ProtocolList;
use super::reference::{FrameField, Measure, ValueSource, VerificationResult};
use super::sack;
use super::syntax::Quantifier;
use super::types::Type;
use super::whole::Kept;
use super::written::{labels, written};
use crate::dissect::{Examine, ExaminedLayer, Layer};
use crate::flow::{FlowLayer, LayerAnalysis, TcpAnalysis};
use crate::layer::{Issue, Severity};
use crate::proto::{Ethernet, Ipv4, Proto, View};
use crate::wire::{Checksum, Field, Kind, Span, Value, Visitor};
use alloc::string::ToString;
use alloc::vec::Vec;

/// State of the tests during the walk over a packet: one bit for each test.
pub(super) struct Run<'p, 'f> {
    plan: &'p Plan,
    /// Tests that have met a value.
    seen: u128,
    /// Tests that a value has passed, and that one has failed.
    passed: u128,
    failed: u128,
    kept: Kept,
    /// The layer at hand: its protocol, its frame, and its number among the layers of its protocol.
    proto: Proto,
    frame: &'f [u8],
    ordinal: u32,
    ordinals: [u32; Proto::ALL.len()],
    /// Layers so far of each protocol from outside.
    custom_ordinals: Vec<(Proto, u32)>,
    /// The final destination, if the current IPv4 header has a source route that is not used up. Wireshark's `ip.dst` is
    /// this address.
    routed: Option<[u8; 4]>,
    /// Number of bits at the start of the header that can be compared under Wireshark's names.
    readable_bits: u16,
    /// Whether a checksum of zero is not allowed in the layer.
    zero_is_illegal: bool,
    /// The right checksum of the layer.
    right_checksum: Option<u16>,
    item: ItemAtHand,
    /// The type of the current value: a name can have values of several types.
    kind: Type,
    /// The layer with the last IP header, and how many layers a datagram has before its fragments' data.
    network: usize,
    repeated: usize,
    protocols: ProtocolList,
}

impl<'p, 'f> Run<'p, 'f> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Run {
            plan,
            seen: 0,
            passed: 0,
            failed: 0,
            kept: Kept::for_plan(plan),
            proto: Proto::Data,
            frame: &[],
            ordinal: 0,
            routed: None,
            readable_bits: u16::MAX,
            ordinals: [0; Proto::ALL.len()],
            custom_ordinals: Vec::new(),
            zero_is_illegal: false,
            right_checksum: None,
            item: ItemAtHand::default(),
            kind: Type::Mixed,
            network: 0,
            repeated: 0,
            protocols: ProtocolList::default(),
        }
    }

    /// Takes what is said about the frame as a whole.
    pub(super) fn take_frame(&mut self, layers: &Examine<'f>, info: &FrameInfo<'_>) {
        let (frame, length) = layers.frame();
        self.frame = frame;
        self.ordinal = 1;
        for index in 0..self.plan.inputs.len() {
            for source in &self.plan.inputs[index].reference.sources {
                match source {
                    ValueSource::Frame(field) => self.take_frame_field(index, *field, frame, length, info),
                    // A frame of no bytes has no layers in which something could be wrong.
                    ValueSource::Malformed if frame.is_empty() => self.found(index, &Datum::Number(1), Span::new(0, 0)),
                    _ => {}
                }
            }
        }
    }

    fn take_frame_field(&mut self, index: usize, field: FrameField, frame: &[u8], length: u32, info: &FrameInfo<'_>) {
        let span = Span::new(0, 0);
        let number = |number: Option<i128>| number.map(Datum::Number);
        let datum = match field {
            FrameField::Bytes => Some(Datum::bytes(frame)),
            FrameField::Length => Some(Datum::Number(length.into())),
            FrameField::CapturedLength => Some(Datum::Number(frame.len() as i128)),
            FrameField::Number => number(info.number.map(i128::from)),
            FrameField::Time | FrameField::SinceEpoch => number(info.time),
            FrameField::SinceFirst => number(info.since_first),
            FrameField::SincePrevious => number(info.since_previous),
            FrameField::SinceDisplayed => number(info.since_displayed),
            FrameField::Section => number(info.section.map(i128::from)),
            FrameField::Interface => number(info.interface.map(i128::from)),
            FrameField::Encapsulation => number(info.link_type.and_then(encapsulation::number).map(i128::from)),
            // It is known at the end.
            FrameField::Protocols => None,
            FrameField::Comment => {
                info.comments.iter().for_each(|text| self.found(index, &Datum::bytes(text.as_bytes()), span));
                None
            }
        };
        if let Some(datum) = datum {
            self.found(index, &datum, span);
        }
    }

    /// Walks a packet, and asks of each layer what the plan asks for.
    pub(super) fn walk(&mut self, layers: Examine<'f>, flows: &[FlowLayer]) {
        self.walk_from(layers, flows, 0);
    }

    /// The same without the first layers. Returns how many layers a datagram has before the data of the fragment in this walk.
    pub(super) fn walk_from(&mut self, mut layers: Examine<'f>, flows: &[FlowLayer], skipped: usize) -> usize {
        if skipped > 0 {
            self.protocols.rewind();
        }
        let is_part = layers.has_payload_as_data();
        let is_of_message = |found: &FlowLayer| segment_of(found).is_some_and(|tcp| tcp.is_part_of_message);
        let is_part_of_message = is_part && flows.iter().any(is_of_message);
        if !self.plan.context && !is_part {
            self.walk_without_context(layers, skipped);
            return self.repeated;
        }
        while let Some(layer) = &layers.next() {
            self.place(&layer.layer, layer.index);
            // What belongs to a message is shown with it, and is no data.
            if layer.index < skipped || is_part_of_message && layer.proto == Proto::Data {
                continue;
            }
            let segment = flows.iter().find(|found| found.layer == layer.index).and_then(segment_of);
            self.layer(&layer.layer, segment);
            self.derived(layer);
            if self.plan.flows {
                flows.iter().filter(|found| found.layer == layer.index).for_each(|found| self.flow(layer, found));
            }
            let asked = self.plan.asked(layer.proto);
            let fields = asked.map_or(Asked::Nothing, |asked| asked.fields);
            let verifies = self.plan.issues || self.plan.checksums && fields != Asked::Nothing;
            let checksum = if verifies { layer.checksum() } else { None };
            let shown = shown_checksum(layer, checksum);
            if self.plan.checksums {
                self.zero_is_illegal = checksum == Some(Checksum::Absent) && reports_absent(layer, checksum);
                self.right_checksum = right_checksum(layer, shown);
            }
            match (fields, asked) {
                (Asked::Nothing, _) => {}
                (Asked::Rows, Some(asked)) if !self.plan.checksums && !matches!(layer.view, View::Cut) => {
                    self.rows(&asked.rows, layer.header(), layer.bounds().start);
                }
                _ => layer.show_verified(shown, self),
            }
            if self.plan.issues {
                layer.issues_verified(checksum, |issue| self.issue(&issue));
            }
        }
        if is_part {
            self.protocols.drop_data();
        }
        self.repeated
    }

    /// Takes note of where the fragment's data in a walk begin.
    fn place(&mut self, layer: &Layer<'_>, index: usize) {
        match layer.proto {
            Proto::Ipv4 | Proto::Ipv6 => (self.network, self.repeated) = (index, 1),
            Proto::Fragment => self.repeated = index.saturating_sub(self.network),
            _ => {}
        }
    }

    /// The same, where nothing is asked that the context of a layer says.
    fn walk_without_context(&mut self, layers: Examine<'f>, skipped: usize) {
        for (index, layer) in layers.into_layers().enumerate() {
            self.place(&layer, index);
            if index < skipped {
                continue;
            }
            let asked = self.plan.asked(layer.proto);
            if asked.is_none() && !self.plan.protocols {
                self.count(layer.proto);
                continue;
            }
            self.layer(&layer, None);
            if let Some(asked) = asked {
                self.rows(&asked.rows, layer.header(), layer.bounds().start);
            }
        }
    }

    /// Takes note of a layer, and of its presence if that is asked for.
    fn layer(&mut self, layer: &Layer<'f>, segment: Option<&TcpAnalysis>) {
        self.proto = layer.proto;
        self.frame = layer.frame();
        if self.plan.protocols {
            self.protocols.push(layer);
        }
        self.readable_bits = readable_bits(layer.proto, layer.header());
        self.routed = match layer.proto {
            Proto::Ipv4 if layer.header().len() > Ipv4::LEN => routed(layer.header()),
            _ => None,
        };
        self.count(layer.proto);
        let plan = self.plan;
        let presence = plan.asked(layer.proto).map_or(&[][..], |asked| &asked.presence);
        for (index, selects) in presence {
            if selects.is_some_and(|selects| !selects(layer.selector)) {
                continue;
            }
            let Some(input) = plan.inputs.get(*index) else { continue };
            let bounds = layer.bounds();
            let end = match (input.reference.measure, layer.proto) {
                (Measure::Length | Measure::Raw, proto) if !is_whole(proto) => bounds.header_end,
                (_, Proto::Ethernet) => bounds.trailer_end,
                _ => bounds.payload_end,
            };
            let span = Span::new(bounds.start, end);
            if input.is_column && input.reference.measure == Measure::Value {
                let name = &input.reference.name;
                let text = heading(layer, segment, name);
                self.found(*index, &Datum::bytes(text.as_ref().unwrap_or(name).as_bytes()), span);
                continue;
            }
            self.found(*index, &Datum::bytes(span.of(self.frame)), span);
        }
    }

    /// Counts a layer among those of its protocol.
    fn count(&mut self, proto: Proto) {
        if let Proto::Custom(_) = proto {
            self.ordinal = self.count_custom(proto);
        } else if let Some(ordinal) = self.ordinals.get_mut(proto.row() as usize) {
            *ordinal += 1;
            self.ordinal = *ordinal;
        }
    }

    /// Counts a layer of a protocol from outside.
    fn count_custom(&mut self, proto: Proto) -> u32 {
        if let Some((_, ordinal)) = self.custom_ordinals.iter_mut().find(|(known, _)| *known == proto) {
            *ordinal += 1;
            return *ordinal;
        }
        self.custom_ordinals.push((proto, 1));
        1
    }

    fn derived(&mut self, layer: &ExaminedLayer<'f>) {
        let plan = self.plan;
        for (index, input) in plan.inputs.iter().enumerate() {
            for source in &input.reference.sources {
                if let ValueSource::Derived(derived) = source
                    && derived.proto == layer.proto
                    && derived.is_within(self.readable_bits)
                {
                    self.kind = derived.kind;
                    derived.values(layer, &mut |datum, span| self.found(index, datum, span));
                }
            }
        }
    }

    /// What the conversation says about the layer at hand.
    fn flow(&mut self, layer: &ExaminedLayer<'f>, found: &FlowLayer) {
        let plan = self.plan;
        for (index, input) in plan.inputs.iter().enumerate() {
            for source in &input.reference.sources {
                let (ValueSource::Flow(field) | ValueSource::SackEdge(_, field)) = source else { continue };
                let Some(value) = field.value(&found.analysis) else { continue };
                match source {
                    ValueSource::SackEdge(edge, _) => {
                        let mut give = |datum: &Datum<'_>, span| self.found(index, datum, span);
                        sack::edges(layer.header(), layer.bounds(), *edge, value, &mut give);
                    }
                    _ => self.found(index, &Datum::Number(value.into()), Span::new(0, 0)),
                }
            }
        }
    }

    /// Takes rows of the header of the layer at hand, which begins at `at`.
    fn rows(&mut self, asked: &[AskedRow], header: &[u8], at: u32) {
        let (plan, table) = (self.plan, self.proto.fields());
        let mut asked = asked.iter().peekable();
        while let Some(wanted) = asked.next() {
            let Some((field, value)) = table.get(wanted.row).and_then(|field| Some((field, field.read(header)?)))
            else {
                return;
            };
            if plan.items {
                self.field(field, field.span(at), value);
                while asked.next_if(|next| next.row == wanted.row).is_some() {}
                continue;
            }
            let Some(input) = plan.inputs.get(wanted.input) else { continue };
            let Some(source) = input.reference.sources.get(wanted.source) else { continue };
            let is_taken =
                self.is_readable(source, field) && self.source(wanted.input, source, field, field.span(at), &value);
            if is_taken {
                // An input takes a field once.
                while asked.next_if(|next| (next.row, next.input) == (wanted.row, wanted.input)).is_some() {}
            }
        }
    }

    /// The length of the item at hand.
    fn length_of_item(&mut self, span: Span, value: &Value<'_>) {
        let (plan, kind) = (self.plan, self.item.kind);
        let Some(number) = number_of(value) else { return };
        let wanted = |source: &ValueSource| matches!(source, ValueSource::ItemLength(of) if *of == kind);
        for (index, input) in plan.inputs.iter().enumerate() {
            if input.reference.sources.iter().any(wanted) {
                self.found(index, &Datum::Number(number), span);
            }
        }
    }

    /// Takes the value of a field for an input. False if the source has no value in it.
    fn source(&mut self, index: usize, source: &ValueSource, field: &Field, span: Span, value: &Value<'_>) -> bool {
        let plan = self.plan;
        let Some(input) = plan.inputs.get(index) else { return false };
        match source {
            ValueSource::Bit(_, _, mask) => {
                let Some(number) = number_of(value) else { return false };
                let bits = (number & i128::from(*mask)) >> mask.trailing_zeros();
                self.found(index, &Datum::Number(bits), span);
            }
            ValueSource::Item(_, number) => {
                let Some(item) = self.item.span.filter(|_| number_of(value) == Some((*number).into())) else {
                    return false;
                };
                self.found(index, &Datum::bytes(item.of(self.frame)), item);
            }
            ValueSource::ItemLength(_) => return false,
            ValueSource::Contents(contents) => {
                let has_name = number_of(value).is_some_and(contents.has);
                let Some(item) = self.item.span.filter(|_| has_name) else { return false };
                let contents = Span::new((item.start + contents.header).min(item.end), item.end);
                if !contents.is_empty() {
                    self.found(index, &Datum::bytes(contents.of(self.frame)), contents);
                }
            }
            ValueSource::Counted(counted) => {
                let CountedPart::ValueLength(bytes) = counted.what else { return false };
                self.length_before(index, span, bytes);
            }
            ValueSource::Checksum(_, result) => {
                let Value::Checksum(_, state) = *value else { return false };
                let found = match result {
                    VerificationResult::Status => Some(status(state, self.zero_is_illegal)),
                    VerificationResult::Right => self.right_checksum.map(i128::from),
                    VerificationResult::IsBad => matches!(state, Checksum::Bad(_)).then_some(1),
                    VerificationResult::IsIllegal => (state == Checksum::Absent && self.zero_is_illegal).then_some(1),
                };
                if let Some(found) = found {
                    self.found(index, &Datum::Number(found), span);
                }
            }
            ValueSource::Made(made) => {
                let own = false;
                with_datum(field, value, own, |datum| {
                    made.values(datum, &mut |datum| self.found(index, datum, span));
                });
            }
            source => match (source, self.routed) {
                (ValueSource::Field("ip.dst"), Some(address)) => {
                    self.found(index, &Datum::Bytes(Blob::short(&address)), span);
                }
                (source, _) => {
                    let own = matches!(source, ValueSource::Own(..));
                    if input.reference.kind == Type::Mixed {
                        self.kind = Type::of(field, own);
                    }
                    match *value {
                        Value::Name(name) if input.shown && input.reference.measure == Measure::Value => {
                            self.found(index, &Datum::bytes(&labels(&name)), span);
                        }
                        _ => with_datum(field, value, own, |datum| self.found(index, datum, span)),
                    }
                }
            },
        }
        true
    }

    /// The length of a value or a list, which is encoded before it.
    fn length_before(&mut self, index: usize, span: Span, bytes: u8) {
        let place = Span::new(span.start.saturating_sub(bytes.into()), span.start);
        self.found(index, &Datum::Number(span.len() as i128), place);
    }

    fn issue(&mut self, issue: &Issue) {
        for index in 0..self.plan.inputs.len() {
            for source in &self.plan.inputs[index].reference.sources {
                let datum = match source {
                    ValueSource::Issue => Datum::bytes(issue.kind.identifier().as_bytes()),
                    ValueSource::OneOfIssues(of) if of.contains(&issue.kind.identifier()) => Datum::Number(1),
                    ValueSource::Severity => Datum::Number(issue.kind.severity() as i128),
                    ValueSource::Malformed if issue.kind.severity() == Severity::Error => Datum::Number(1),
                    _ => continue,
                };
                self.found(index, &datum, issue.span);
            }
        }
    }

    /// An input has a value.
    fn found(&mut self, index: usize, datum: &Datum<'_>, span: Span) {
        let plan = self.plan;
        let Some(input) = plan.inputs.get(index) else { return };
        if !self.counts_here(input) {
            return;
        }
        match input.reference.measure {
            // Where others under the same name are bytes, a number is its bytes.
            Measure::Value if input.reference.kind == Type::Bytes && matches!(datum, Datum::Number(_)) => {
                let bytes = span.of(self.frame);
                self.value(index, input, &Datum::bytes(bytes));
            }
            Measure::Value => self.value(index, input, datum),
            Measure::Length => {
                let length = match datum {
                    Datum::Bytes(bytes) => bytes.as_slice().len(),
                    _ => span.len(),
                };
                self.value(index, input, &Datum::Number(length as i128));
            }
            Measure::Raw => {
                let bytes = span.of(self.frame);
                self.value(index, input, &Datum::bytes(bytes));
            }
            Measure::Written => {
                let mut line = Line::default();
                match written(input.reference.kind, datum, &mut line) {
                    true => self.value(index, input, &Datum::bytes(line.as_bytes())),
                    false => self.value(index, input, datum),
                }
            }
        }
    }

    fn is_readable(&self, source: &ValueSource, field: &Field) -> bool {
        self.readable_bits == u16::MAX
            || matches!(source, ValueSource::Own(..))
            || field.end_bit != 0 && field.end_bit <= self.readable_bits
    }

    /// Whether values of this layer count. Where layers are counted from the last one, the end of the packet tells.
    fn counts_here(&self, input: &PlanInput) -> bool {
        input.reference.counts_from_end() || input.reference.counts_in(self.ordinal, 0)
    }

    /// Makes the tests of a value.
    #[inline]
    fn test(&mut self, input: &PlanInput, datum: &Datum<'_>) {
        for &number in &input.tests {
            let passes = match &self.plan.tests[number] {
                Test::Present | Test::Whole { .. } => true,
                Test::Each { operand: Operand::PlanInput(_), check, .. } => check.holds(datum),
                Test::Each { operand, check, .. } => match operand.of(datum) {
                    Some(result) => check.holds(&result),
                    None => continue,
                },
            };
            self.seen |= 1 << number;
            match passes {
                true => self.passed |= 1 << number,
                false => self.failed |= 1 << number,
            }
        }
    }

    fn value(&mut self, index: usize, input: &PlanInput, datum: &Datum<'_>) {
        self.test(input, datum);
        if input.kept {
            let layer = input.reference.counts_from_end().then_some(self.ordinal);
            if input.shown && input.kind() == Type::Mixed {
                // Only here is the type of the value known.
                let value = ColumnValue { datum: datum.borrowed(), kind: self.kind, notation: None };
                return self.kept.keep(index, &Datum::bytes(value.to_string().as_bytes()), layer);
            }
            self.kept.keep(index, datum, layer);
        }
    }

    /// A field without a value of its own is there: a group or a list.
    fn present(&mut self, index: usize) {
        let plan = self.plan;
        let Some(input) = plan.inputs.get(index).filter(|input| self.counts_here(input)) else { return };
        if input.kept && (input.reference.counts_from_end() || input.shown) {
            self.kept.keep(index, &Datum::Number(1), Some(self.ordinal));
        }
        for &number in &input.tests {
            if let Test::Present = plan.tests[number] {
                self.seen |= 1 << number;
                self.passed |= 1 << number;
            }
        }
    }

    /// Whether the packet passes.
    pub(super) fn holds(&mut self) -> bool {
        self.end();
        self.expression(&self.plan.expression)
    }

    /// Takes what is known at the end of the packet.
    pub(super) fn end(&mut self) {
        let plan = self.plan;
        if plan.protocols {
            let text = core::mem::take(&mut self.protocols.text);
            let is_list = |source: &ValueSource| matches!(source, ValueSource::Frame(FrameField::Protocols));
            for (index, _) in
                plan.inputs.iter().enumerate().filter(|(_, input)| input.reference.sources.iter().any(is_list))
            {
                self.found(index, &Datum::bytes(text.as_bytes()), Span::new(0, 0));
            }
        }
        self.kept.choose_layers(plan);
    }

    /// The values of an operand, after the end.
    pub(super) fn listed<'r>(&'r self, operand: &'r Operand) -> Vec<Datum<'r>> {
        self.kept.listed(operand)
    }

    /// Whether tests pass, after the end.
    pub(super) fn expression(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Test(number) => self.is_passed(*number),
            Expression::Not(inner) => !self.expression(inner),
            Expression::All(parts) => parts.iter().all(|part| self.expression(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.expression(part)),
            Expression::Xor(parts) => parts.iter().filter(|part| self.expression(part)).count() % 2 == 1,
        }
    }

    fn is_passed(&self, number: usize) -> bool {
        let bit = |set: u128| set >> number & 1 == 1;
        match &self.plan.tests[number] {
            Test::Present => bit(self.seen),
            Test::Each { quantifier: Quantifier::Any, .. } => bit(self.passed),
            Test::Each { quantifier: Quantifier::All, .. } => bit(self.seen) && !bit(self.failed),
            Test::Whole { operand, check, quantifier } => self.kept.passes(operand, check, *quantifier),
        }
    }
}

impl Visitor for Run<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let plan = self.plan;
        // Options of a header that Wireshark does not read have no lengths.
        if plan.items && self.item.takes_length(field, span) && self.readable_bits == u16::MAX {
            return self.length_of_item(span, &value);
        }
        for (index, input) in plan.inputs.iter().enumerate() {
            for source in &input.reference.sources {
                if source.shows(self.proto, field)
                    && self.is_readable(source, field)
                    && self.source(index, source, field, span, &value)
                {
                    break;
                }
            }
        }
    }

    fn open(&mut self, field: &'static Field, span: Span) {
        let plan = self.plan;
        self.item = ItemAtHand::open(span);
        for (index, input) in plan.inputs.iter().enumerate() {
            for source in &input.reference.sources {
                match source {
                    ValueSource::Counted(counted) if counted.is_of(self.proto, field) => match counted.what {
                        CountedPart::ListLength(bytes) => self.length_before(index, span, bytes),
                        CountedPart::List if !span.is_empty() => self.found(index, &Datum::Number(1), span),
                        _ => {}
                    },
                    _ => {}
                }
            }
            let is_it = |source: &ValueSource| {
                matches!(source, ValueSource::Field(_) | ValueSource::Own(..))
                    && source.shows(self.proto, field)
                    && self.is_readable(source, field)
            };
            if !input.reference.sources.iter().any(is_it) {
                continue;
            }
            // A list of nothing is not there.
            if span.is_empty() {
                continue;
            }
            // The bytes of a group are its value. A list of values has the values.
            match field.item_kind() {
                Kind::Group | Kind::List(_) => {
                    self.found(index, &Datum::bytes(span.of(self.frame)), span);
                }
                _ if matches!(field.kind, Kind::List(_)) && input.shown => {}
                _ => self.present(index),
            }
        }
    }

    fn close(&mut self) {}
}

/// What was found out about a TCP header.
fn segment_of(found: &FlowLayer) -> Option<&TcpAnalysis> {
    match &found.analysis {
        LayerAnalysis::Tcp(tcp) => Some(tcp),
        _ => None,
    }
}

// The trailer of an Ethernet frame is shown beside its header.
const _: () = assert!(!Ethernet::TRAILER.is_empty());
