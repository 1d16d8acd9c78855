//! What a capture says about hosts: addresses by ARP and Neighbor Discovery, leases of DHCP, lookups of DNS. Each finding with
//! messages that have it, and some that just have not; what holds when tables are full.

mod addresses;
mod dns;
mod leases;
mod relay;
