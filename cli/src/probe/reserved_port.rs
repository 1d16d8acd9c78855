//! A port that the kernel keeps for a probe.
//!
//! The kernel knows nothing of packets that this program builds: it would answer a SYN-ACK with a reset, and a datagram with an
//! ICMP error. A socket holds the port, and a BPF program on it drops all that comes before the kernel answers.

use packetsmith::BpfInstruction;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};

/// A port that nothing else uses meanwhile.
pub struct ReservedPort {
    _socket: Socket,
    pub port: u16,
}

impl ReservedPort {
    /// Reserves a TCP port of an address; 0 for any.
    pub fn tcp(address: IpAddr, port: u16) -> io::Result<Self> {
        let socket = bound(Type::STREAM, Protocol::TCP, address, port)?;
        // A socket that listens takes the answers to our segments.
        socket.listen(1)?;
        Self::of(socket)
    }

    /// Reserves a UDP port of an address; 0 for any.
    pub fn udp(address: IpAddr, port: u16) -> io::Result<Self> {
        Self::of(bound(Type::DGRAM, Protocol::UDP, address, port)?)
    }

    fn of(socket: Socket) -> io::Result<Self> {
        let port = socket.local_addr()?.as_socket().map(|address| address.port());
        let port = port.ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(ReservedPort { _socket: socket, port })
    }
}

fn bound(kind: Type, protocol: Protocol, address: IpAddr, port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(SocketAddr::new(address, port)), kind, Some(protocol))?;
    let BpfInstruction { code, jt, jf, k } = BpfInstruction::REJECT;
    socket.attach_filter(&[SockFilter::new(code, jt, jf, k)])?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&SocketAddr::new(address, port).into())?;
    Ok(socket)
}
