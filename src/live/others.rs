//! Receiving by pnet on systems other than Linux. Berkeley packet filters and Npcap give frames with their VLAN tags, and each
//! frame once.

use super::received::ReceivedFrame;
use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender, NetworkInterface};
use std::io;
use std::time::{Duration, SystemTime};
use std::vec::Vec;

pub(super) fn open(
    interface: &NetworkInterface,
    config: Config,
) -> io::Result<(Box<dyn DataLinkSender>, PnetReceiver)> {
    let config = Config { read_timeout: Some(Duration::from_millis(100)), ..config };
    match pnet_datalink::channel(interface, config)? {
        Channel::Ethernet(sender, receiver) => {
            Ok((sender, PnetReceiver { receiver, frame: Vec::new(), time: SystemTime::UNIX_EPOCH }))
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

pub(super) struct PnetReceiver {
    receiver: Box<dyn DataLinkReceiver>,
    frame: Vec<u8>,
    time: SystemTime,
}

impl PnetReceiver {
    pub(super) fn link_type(&self) -> u16 {
        1
    }

    pub(super) fn wait(&mut self, _: Duration) -> io::Result<bool> {
        match self.receiver.next() {
            Ok(frame) => {
                self.frame.clear();
                self.frame.extend_from_slice(frame);
                self.time = SystemTime::now();
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) fn frame(&self) -> ReceivedFrame<'_> {
        ReceivedFrame { data: &self.frame, time: self.time }
    }
}
