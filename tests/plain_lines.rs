//! The line of a packet is the same whether or not it took a walk: on the packets of `testdata/`, whole, cut, and with changed
//! bytes, with and without what its conversation says.

mod common;

use common::{Packet, corpus, packets, shapes, testdata, with_changes};
use packetsmith::flow::{FlowLayer, FlowSettings, Flows, PacketInfo};
use packetsmith::output::Summary;
use packetsmith::{Examine, examine};

/// A layer that no frame has: a walk that takes its payload as data is the plain walk, and nothing else than a walk.
const NO_LAYER: usize = 1000;

fn layers(packet: &Packet) -> Examine<'_> {
    examine(packet.link_type, &packet.bytes).original_len(packet.original_len)
}

fn compare(packet: &Packet, found: &[FlowLayer], summaries: &mut [Summary; 2]) {
    let [quick, walked] = summaries;
    quick.packet_in_flow(layers(packet), found);
    walked.packet_in_flow(layers(packet).payload_as_data(NO_LAYER), found);
    let columns = |line: &Summary| {
        let text = [&line.source, &line.destination, &line.protocol, &line.info].map(ToString::to_string);
        (text, line.kind)
    };
    assert_eq!(columns(quick), columns(walked), "{:02x?}", packet.bytes);
}

#[test]
fn lines_are_those_of_the_walk() {
    let mut summaries = [Summary::default(), Summary::default()];
    let mut state = 1_u32;
    let files = testdata().into_iter().chain(corpus().into_iter().step_by(10));
    let captures = files.map(|file| packets(&file).into_iter().take(1000).collect::<Vec<_>>());
    for capture in std::iter::once(shapes()).chain(captures) {
        let mut flows = Flows::new(FlowSettings::default());
        for (number, packet) in (1..).zip(&capture) {
            flows.packet(PacketInfo { number, ..PacketInfo::default() }, layers(packet));
            compare(packet, flows.found(), &mut summaries);
            with_changes(packet, &mut state, &mut |changed, _| compare(changed, flows.found(), &mut summaries));
        }
    }
}
