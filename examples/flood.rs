//! Floods a reassembler with first fragments without others, and sends honest datagrams between them. Memory stays
//! under its bound, and the honest datagrams are completed.
//!
//! ```console
//! $ cargo run --release --example flood [FRAGMENTS]
//! ```

use packetsmith::ip::Fragmenter;
use packetsmith::ip::{Outcome, Reassembler, Settings};
use packetsmith::proto::ip::Ipv4Flags;
use packetsmith::{Ipv4, Stack};
use std::error::Error;
use std::time::{Duration, Instant};

/// Hostile fragments for each honest datagram, and between two of its four fragments.
const HONEST: u64 = 10_000;
const BETWEEN: u64 = 100;

/// Peak memory of the process, if the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".into(), |text| text.trim().to_string())
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let settings = Settings::default();
    let mut reassembler = Reassembler::new(settings);
    let hostile = Ipv4::build().flags(Ipv4Flags::MORE_FRAGMENTS).dst([10, 0, 0, 2].into());
    let mut hostile = Stack::new().push(hostile).payload(&[0x5a; 1480]).finish()?;
    let honest = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let mut honest = Stack::new().push(honest).payload(&[7; 4980]).finish()?;

    let (mut sent, mut complete, mut lost, mut most, mut waiting) = (0, 0, 0_u64, 0, 0);
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    let begin = Instant::now();
    for n in 0..count {
        // Source and identification of a new fragment.
        let (mut ip, _) = Ipv4::split_mut(&mut hostile).expect("it begins with its header");
        ip.edit().src((0x0b00_0000 + (n >> 16) as u32).into()).identification(n as u16);
        let time = Duration::from_micros(n);
        reassembler.push(&hostile, n, time, &mut |_| lost += 1);
        if n % HONEST == 0 {
            let (mut ip, _) = Ipv4::split_mut(&mut honest).expect("it begins with its header");
            ip.edit().identification((n / HONEST) as u16);
            pieces = Fragmenter::new(1500).split(&honest)?.map(|piece| piece.to_vec()).collect();
            sent += 1;
        }
        if n % BETWEEN == 0
            && let Some(piece) = pieces.pop()
            && let Outcome::Complete(datagram) = reassembler.push(&piece, n, time, &mut |_| lost += 1)
        {
            // The checksum is not updated for the identification: nothing else changes.
            complete += u64::from(datagram.payload() == &honest[20..]);
        }
        most = most.max(reassembler.memory());
        waiting = waiting.max(reassembler.waiting());
    }
    let time = begin.elapsed();
    println!("{count} first fragments with different keys, {lost} datagrams given up, in {time:.1?}");
    println!("{complete} of {sent} honest datagrams complete");
    println!("at most {waiting} datagrams waited (bound {})", settings.datagrams);
    println!("at most {most} bytes for fragments (bound {}); peak of the whole process {}", settings.bytes, peak());
    assert!(most <= settings.bytes && complete == sent, "the promise is broken");
    Ok(())
}
