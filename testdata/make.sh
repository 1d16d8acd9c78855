#!/usr/bin/env bash
# Makes the captures in this folder anew, from real programs in network namespaces
# that have no way out. Needs root and Linux.
#
#   testdata/make.sh            all of them
#   testdata/make.sh dhcp arp   only these
#   testdata/make.sh -l         list them
#
# Each capture has its own namespaces:
#
#   lan:      client eth0 ------------------------------- eth0 server
#             02:00:00:00:00:01                           02:00:00:00:00:02
#             192.0.2.1/24, 2001:db8::1/64                192.0.2.2/24, 2001:db8::2/64
#
#   routed:   client eth0 ------ eth0 router eth1 ------- eth0 server
#             192.0.2.1          192.0.2.254 198.51.100.254    198.51.100.2
#             2001:db8:1::1      2001:db8:1::fe  2001:db8:2::fe  2001:db8:2::2
#             02:..:01           02:..:11    02:..:12          02:..:02
set -euo pipefail
export TZ=UTC0 LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
helpers=$here/helpers
tag=smith$$
tmp=$(mktemp -d)
# The helpers write here what they transfer; helpers/content.py says how.
export TRANSFERS=$tmp/transfers PYTHONDONTWRITEBYTECODE=1
pids=()
capture_pid=

skip() { printf '  skipped: %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# --- namespaces -------------------------------------------------------------------------

# in_ns client ping ...: runs a program in a namespace, under a made-up host name.
in_ns() {
  local ns=$1
  shift
  ip netns exec "$tag-$ns" unshare -u sh -c 'hostname "$0.example.test" && exec "$@"' "$ns" "$@"
}
client() { in_ns client "$@"; }
server() { in_ns server "$@"; }
router() { in_ns router "$@"; }
# For programs that are meant to fail (a ping into the void).
try() { "$@" >>"$tmp/log" 2>&1 || true; }

# start NS PROGRAM ...: runs a program in the background; `stop` ends it.
start() {
  local ns=$1
  shift
  ip netns exec "$tag-$ns" unshare -u sh -c 'hostname "$0.example.test" && exec "$@"' "$ns" "$@" \
    >>"$tmp/log" 2>&1 </dev/null &
  pids+=($!)
}
stop() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>>"$tmp/log" || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>>"$tmp/log" || true; done
  pids=()
}
# until_true WHAT COMMAND ...: waits up to ten seconds.
until_true() {
  local what=$1 n
  shift
  for n in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  tail -20 "$tmp/log" >&2
  die "gave up waiting for $what"
}
listens() { ip netns exec "$tag-$1" ss -Hlntu "sport = :$2" | grep -q .; }
wait_port() { until_true "port $2 in $1" listens "$1" "$2"; }
addressed() { [ -z "$(ip netns exec "$tag-$1" ip -6 addr show tentative)" ]; }

clear_all() {
  if [ -n "$capture_pid" ]; then kill -INT "$capture_pid" 2>/dev/null || true; fi
  capture_pid=
  stop
  local ns
  for ns in client router server; do
    # Whoever still lives there (a daemon that went into the background).
    ip netns pids "$tag-$ns" 2>/dev/null | xargs -r kill 2>/dev/null || true
    ip netns del "$tag-$ns" 2>/dev/null || true
  done
}
finish() {
  clear_all
  rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM

new_ns() {
  local ns
  for ns in "$@"; do
    ip netns add "$tag-$ns"
    # IPv6 is quiet until a capture asks for it.
    sysctl_in "$ns" net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip -n "$tag-$ns" link set lo up
  done
}
sysctl_in() {
  local ns=$1
  shift
  ip netns exec "$tag-$ns" sysctl -qw "$@" 2>>"$tmp/log"
}
# veth NS DEV MAC NS DEV MAC: a cable.
veth() {
  ip link add "$2" netns "$tag-$1" address "$3" type veth peer name "$5" netns "$tag-$4" address "$6"
  local ns dev
  for ns in "$1 $2" "$4 $5"; do
    dev=${ns#* } ns=${ns% *}
    # Frames as on a wire: sums filled in, nothing larger than the MTU.
    ip netns exec "$tag-$ns" ethtool -K "$dev" tx off rx off sg off tso off gso off gro off \
      >>"$tmp/log" 2>&1
    ip -n "$tag-$ns" link set "$dev" up
  done
}
lan_bare() {
  new_ns client server
  veth client eth0 02:00:00:00:00:01 server eth0 02:00:00:00:00:02
}
lan() {
  lan_bare
  ip -n "$tag-client" addr add 192.0.2.1/24 dev eth0
  ip -n "$tag-server" addr add 192.0.2.2/24 dev eth0
}
lan6() {
  lan
  v6_on client server
  ip -n "$tag-client" addr add 2001:db8::1/64 dev eth0 nodad
  ip -n "$tag-server" addr add 2001:db8::2/64 dev eth0 nodad
  quiet6 client server
}
# Two cables, and a program in the namespace of the router that carries frames from one to the other.
bridged() {
  new_ns client router server
  veth client eth0 02:00:00:00:00:01 router eth0 02:00:00:00:00:11
  veth router eth1 02:00:00:00:00:12 server eth0 02:00:00:00:00:02
  ip -n "$tag-client" addr add 192.0.2.1/24 dev eth0
  ip -n "$tag-server" addr add 192.0.2.2/24 dev eth0
  start router python3 "$helpers/bad_bridge.py" eth0 eth1
  until_true "the bridge" client ping -n -c1 -W1 192.0.2.2
}
v6_on() {
  local ns
  for ns in "$@"; do
    # No router solicitations either: where there is no router they come again and again.
    sysctl_in "$ns" net.ipv6.conf.default.router_solicitations=0 net.ipv6.conf.eth0.router_solicitations=0
    sysctl_in "$ns" net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
  done
}
# Waits until address detection and the first multicast reports are over.
quiet6() {
  local ns
  for ns in "$@"; do until_true "addresses of $ns" addressed "$ns"; done
  sleep 2
}
routed() {
  new_ns client router server
  veth client eth0 02:00:00:00:00:01 router eth0 02:00:00:00:00:11
  veth router eth1 02:00:00:00:00:12 server eth0 02:00:00:00:00:02
  ip -n "$tag-client" addr add 192.0.2.1/24 dev eth0
  ip -n "$tag-router" addr add 192.0.2.254/24 dev eth0
  ip -n "$tag-router" addr add 198.51.100.254/24 dev eth1
  ip -n "$tag-server" addr add 198.51.100.2/24 dev eth0
  ip -n "$tag-client" route add default via 192.0.2.254
  ip -n "$tag-server" route add default via 198.51.100.254
  sysctl_in router net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
  sysctl_in server net.ipv4.icmp_ratelimit=0
}
routed6() {
  routed
  sysctl_in router net.ipv6.conf.all.forwarding=1 net.ipv6.icmp.ratelimit=0
  sysctl_in server net.ipv6.icmp.ratelimit=0
  v6_on client router server
  ip -n "$tag-client" addr add 2001:db8:1::1/64 dev eth0 nodad
  ip -n "$tag-router" addr add 2001:db8:1::fe/64 dev eth0 nodad
  ip -n "$tag-router" addr add 2001:db8:2::fe/64 dev eth1 nodad
  ip -n "$tag-server" addr add 2001:db8:2::2/64 dev eth0 nodad
  ip -n "$tag-client" route add default via 2001:db8:1::fe
  ip -n "$tag-server" route add default via 2001:db8:2::fe
  quiet6 client router server
}

# --- capturing --------------------------------------------------------------------------

# capture NS DEV [tcpdump arguments]: starts; `captured FILE` stops and puts it in place.
capture() {
  local ns=$1 dev=$2
  shift 2
  : >"$tmp/tcpdump"
  ip netns exec "$tag-$ns" tcpdump -Z root -n -U --immediate-mode -i "$dev" -w "$tmp/out" "$@" \
    2>"$tmp/tcpdump" &
  capture_pid=$!
  until_true "tcpdump" grep -q listening "$tmp/tcpdump"
}
captured() {
  sleep 0.3
  kill -INT "$capture_pid"
  wait "$capture_pid" || true
  capture_pid=
  install -m 644 "$tmp/out" "$here/$1"
  report "$1"
}
# transferred FILE: puts the rows about a capture into transfers.txt, in place of those of the run before.
transferred() {
  {
    grep '^#' "$here/transfers.txt"
    { grep -v -e '^#' -e "^$1 " "$here/transfers.txt" || true; sed "s/^/$1 /" "$TRANSFERS"; } | sort -s -k1,1
  } >"$tmp/rows"
  install -m 644 "$tmp/rows" "$here/transfers.txt"
}
report() {
  printf '  %-20s %4d packets %7d bytes\n' "$1" \
    "$(tshark -n -r "$here/$1" 2>/dev/null | wc -l)" "$(stat -c %s "$here/$1")"
}
dnsmasq_in() {
  local ns=$1
  shift
  start "$ns" dnsmasq -k --conf-file=/dev/null --no-hosts --no-resolv --no-poll --user=root \
    --pid-file= --log-facility=- --no-ping --dhcp-leasefile="$tmp/leases" "$@"
}
# with_resolver ADDRESS PROGRAM ...: the client's programs ask this name server.
with_resolver() {
  printf 'nameserver %s\noptions timeout:1 attempts:2\n' "$1" >"$tmp/resolv.conf"
  shift
  client sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$tmp/resolv.conf" "$@"
}
web_server() {
  local ns=$1 address=$2
  mkdir -p "$tmp/www"
  printf '<!doctype html>\n<title>packetsmith</title>\n<p>Hello from a network namespace.\n' \
    >"$tmp/www/index.html"
  touch -d '2024-01-01T00:00:00Z' "$tmp/www/index.html"
  start "$ns" python3 -m http.server --bind "$address" --directory "$tmp/www" 80
  wait_port "$ns" 80
}

# --- the captures -----------------------------------------------------------------------

# A name looked up, a page fetched.
make_http() {
  lan
  dnsmasq_in server --local=/example.test/ --host-record=www.example.test,192.0.2.2
  wait_port server 53
  web_server server 192.0.2.2
  capture client eth0
  with_resolver 192.0.2.2 curl -sS -o /dev/null http://www.example.test/
  captured http.pcap
  gzip -n -9 -c "$here/http.pcap" >"$here/http.pcap.gz"
  report http.pcap.gz
}

# What a body can look like: sized, chunked, compressed, up to the end of the connection, not there at all.
make_http_download() {
  lan
  start server python3 "$helpers/http_download.py" serve 192.0.2.2 80
  wait_port server 80
  python3 "$helpers/http_download.py" bodies "$tmp"
  local web=http://www.example.test
  local curl=(client curl -sS -o /dev/null --resolve www.example.test:80:192.0.2.2 --compressed)
  capture client eth0 'tcp'
  "${curl[@]}" "$web/sized" -o /dev/null "$web/chunked" -o /dev/null "$web/trailers" -o /dev/null \
    "$web/gzip" -o /dev/null "$web/gzip-chunked" -o /dev/null "$web/deflate"      # one connection
  "${curl[@]}" -I "$web/sized"
  "${curl[@]}" -H 'If-None-Match: "v1"' "$web/sized"                              # 304
  "${curl[@]}" --data-binary "@$tmp/letter" -H 'Content-Type: text/plain' "$web/letters"
  "${curl[@]}" -T "$tmp/picture" -H 'Expect: 100-continue' "$web/pictures/1"
  client python3 "$helpers/http_download.py" pipeline 192.0.2.2 80
  "${curl[@]}" --http1.0 "$web/until-close"
  captured http_download.pcap
  transferred http_download.pcap
}

# A lease from discover to release, one refused for being another network's, one declined.
make_dhcp() {
  lan_bare
  ip -n "$tag-server" addr add 192.0.2.2/24 dev eth0
  dnsmasq_in server --port=0 --dhcp-authoritative \
    --dhcp-range=192.0.2.100,192.0.2.110,255.255.255.0,10m --domain=example.test \
    --dhcp-option=option:router,192.0.2.2 --dhcp-option=option:dns-server,192.0.2.2,192.0.2.3 \
    --dhcp-option=option:ntp-server,192.0.2.4 --dhcp-option=option:time-offset,3600 \
    --dhcp-option=option:domain-search,example.test,lab.example.test \
    --dhcp-option=option:classless-static-route,198.51.100.0/24,192.0.2.254,203.0.113.128/25,192.0.2.253,0.0.0.0/0,192.0.2.2 \
    --dhcp-option=option:mtu,1400 --dhcp-option=option:netbios-ns,192.0.2.5 \
    --dhcp-option=option:T1,3 --dhcp-option=option:T2,8
  until_true dnsmasq grep -q 'IP range' "$tmp/log"
  cat >"$tmp/dhclient.conf" <<-'CONF'
	option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;
	send host-name "client";
	send vendor-class-identifier "packetsmith-test";
	send dhcp-client-identifier 01:02:00:00:00:00:01;
	send user-class "lab";
	request subnet-mask, broadcast-address, time-offset, routers, domain-name,
	  domain-name-servers, domain-search, host-name, ntp-servers, interface-mtu,
	  netbios-name-servers, rfc3442-classless-static-routes;
	initial-interval 1;
	backoff-cutoff 2;
	CONF
  capture client eth0 'udp or arp or icmp'
  local dh=(dhclient -4 -cf "$tmp/dhclient.conf" -lf "$tmp/dhc.leases" -pf "$tmp/dhc.pid"
    -sf "$helpers/dhclient-script")
  # A new lease, and a renewal three seconds later.
  : >"$tmp/dhc.leases"
  start client "${dh[@]}" -d eth0
  until_true "a lease" grep -q 'DHCPACK of' "$tmp/log"
  renewed() { [ "$(grep -c 'DHCPACK of' "$tmp/log")" -ge 2 ]; }
  until_true "a renewal" renewed
  try client "${dh[@]}" -r eth0
  # A client that comes from another network: NAK, then a new lease, which its script refuses.
  cat >"$tmp/dhc.leases" <<-'LEASE'
	lease {
	  interface "eth0";
	  fixed-address 198.51.100.77;
	  option subnet-mask 255.255.255.0;
	  option dhcp-lease-time 600;
	  option dhcp-server-identifier 198.51.100.1;
	  renew 2 2037/12/31 00:00:00;
	  rebind 2 2037/12/31 00:00:00;
	  expire 2 2037/12/31 00:00:00;
	}
	LEASE
  start client "${dh[@]}" -e DECLINE=1 -d eth0
  until_true "a decline" grep -q 'DHCPDECLINE' "$tmp/log"
  captured dhcp.pcap
}

make_arp() {
  lan
  capture client eth0
  try client ping -n -c1 192.0.2.2
  try client arping -c1 -I eth0 192.0.2.2          # unicast and broadcast requests
  try client arping -c1 -U -I eth0 192.0.2.1       # gratuitous request
  try client arping -c1 -A -I eth0 192.0.2.1       # gratuitous reply
  try client arping -c1 -D -w2 -I eth0 192.0.2.7   # probe, nobody there
  try client arping -c1 -D -w2 -I eth0 192.0.2.2   # probe, taken
  try client ping -n -c1 -W1 192.0.2.9             # nobody there
  captured arp.pcap
}

# ICMPv4: what routers and hosts answer, and IPv4 options.
make_ping() {
  routed
  # Beyond the router: a narrow link, a forbidden net, and a detour by way of a third router.
  ip -n "$tag-router" link set eth1 mtu 1280
  ip -n "$tag-router" route add prohibit 203.0.113.0/26
  ip -n "$tag-router" route add 203.0.113.64/26 via 192.0.2.253 dev eth0
  ip -n "$tag-router" neigh add 192.0.2.253 lladdr 02:00:00:00:00:13 dev eth0
  local ns
  for ns in client router server; do sysctl_in "$ns" net.ipv4.conf.all.accept_source_route=1; done
  sysctl_in server net.ipv4.icmp_echo_enable_probe=1
  capture client eth0
  try client ping -n -c2 -i0.2 198.51.100.2
  try client ping -n -c1 -Q 0xb8 -s 8 -p c0ffee 198.51.100.2
  try client ping -n -c1 -t1 198.51.100.2                           # time exceeded
  try client ping -n -c1 -W1 -M do -s 1400 198.51.100.2             # fragmentation needed
  sleep 1                                                           # errors are rationed
  try client ping -n -c1 -W1 203.0.113.1                            # prohibited
  sleep 1
  try client ping -n -c1 -W1 203.0.113.200                          # net unreachable
  try client ping -n -c1 -W1 203.0.113.65                           # redirect
  try client ping -n -c1 -W4 198.51.100.77                          # host unreachable
  try client ping -n -c1 -R 198.51.100.2                            # record route
  try client ping -n -c1 -T tsandaddr 198.51.100.2                  # timestamps
  try client ping -n -c1 -T tsonly 198.51.100.2
  try client python3 "$helpers/icmp.py" 198.51.100.2 192.0.2.254
  captured ping.pcap
}

make_fragments() {
  lan6
  capture client eth0
  try client ping -n -c1 -s 4972 192.0.2.2
  try client ping -n -c1 -s 4972 2001:db8::2
  try client python3 "$helpers/udp_big.py" 192.0.2.2 4000
  try client python3 "$helpers/udp_big.py" 2001:db8::2 4000
  captured fragments.pcap
}

# The courses' example: 5,000 bytes over an Ethernet that carries 1,500, split by the kernel.
make_split() {
  lan
  try client ping -n -c1 192.0.2.2
  capture client eth0
  try client python3 "$helpers/split.py" 192.0.2.1 192.0.2.2
  captured split.pcap
}

# Options, urgent data, both ways to close, and a refusal.
make_tcp() {
  lan
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  wait_port server 7777
  capture client eth0
  client python3 "$helpers/tcp.py" talk 192.0.2.2 7777      # data, FIN
  client python3 "$helpers/tcp.py" urgent 192.0.2.2 7777    # URG
  client python3 "$helpers/tcp.py" abort 192.0.2.2 7777     # RST by SO_LINGER
  client python3 "$helpers/tcp.py" keepalive 192.0.2.2 7777
  sysctl_in client net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0
  client python3 "$helpers/tcp.py" talk 192.0.2.2 7777      # no option but the MSS
  try client python3 "$helpers/tcp.py" talk 192.0.2.2 7778  # refused
  captured tcp.pcap
}

# Every seventh large segment is lost: duplicate ACKs with SACK blocks, retransmissions.
make_tcp_loss() {
  lan
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  wait_port server 7777
  server nft -f - <<-'NFT'
	table ip lossy {
	  chain in {
	    type filter hook input priority 0;
	    tcp dport 7777 meta length > 1000 numgen inc mod 7 offset 0 == 3 drop
	  }
	}
	NFT
  capture client eth0
  client python3 "$helpers/tcp.py" bulk 192.0.2.2 7777
  captured tcp_loss.pcap
}

# Text in UTF-8; one character comes in two segments. The server closes first.
make_greeting() {
  lan
  start server python3 "$helpers/greeting.py" serve 192.0.2.2 7777
  wait_port server 7777
  capture client eth0 'tcp'
  client python3 "$helpers/greeting.py" talk 192.0.2.2 7777
  captured greeting.pcap
  transferred greeting.pcap
}

# Datagrams that come back: one is empty, one larger than the MTU.
make_udp_echo() {
  lan
  start server python3 "$helpers/udp_echo.py" serve 192.0.2.2 7
  wait_port server 7
  capture client eth0 'udp or ip[6:2] & 0x1fff != 0'
  client python3 "$helpers/udp_echo.py" talk 192.0.2.2 7
  captured udp_echo.pcap
  transferred udp_echo.pcap
}

make_upload() {
  lan
  upload client upload.pcap
}
# The same by way of a bad bridge, seen at the receiver: gaps that are filled later, duplicates, wrong order.
make_upload_loss() {
  bridged
  upload server upload_loss.pcap
}
upload() {
  start server python3 "$helpers/upload.py" serve 192.0.2.2 7777
  wait_port server 7777
  capture "$1" eth0 'tcp'
  client python3 "$helpers/upload.py" send 192.0.2.2 7777
  captured "$2"
  transferred "$2"
}

# Handshakes of TLS 1.3 and 1.2. In the second, each message spans segments.
make_tls() {
  lan
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=example.test \
    -addext subjectAltName=DNS:example.test -keyout "$tmp/key" -out "$tmp/certificate" 2>>"$tmp/log"
  start server python3 "$helpers/tls.py" serve 192.0.2.2 "$tmp"
  wait_port server 443
  capture client eth0 'tcp'
  client python3 "$helpers/tls.py" talk 192.0.2.2 "$tmp"
  captured tls.pcap
  transferred tls.pcap
}

make_tcp_window() {
  lan
  start server python3 "$helpers/tcp.py" slow 192.0.2.2 7777
  wait_port server 7777
  capture client eth0
  client python3 "$helpers/tcp.py" flood 192.0.2.2 7777
  captured tcp_window.pcap
}

# Classic ECN with a congestion mark, then accurate ECN where the kernel has it.
make_tcp_ecn() {
  lan
  sysctl_in client net.ipv4.tcp_ecn=1
  sysctl_in server net.ipv4.tcp_ecn=1
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  wait_port server 7777
  server nft -f - <<-'NFT'
	table ip congested {
	  chain pre {
	    type filter hook prerouting priority -300;
	    tcp dport 7777 ip ecn ect0 meta length > 400 numgen inc mod 3 == 1 ip ecn set ce
	  }
	}
	NFT
  capture client eth0 'tcp'
  client python3 "$helpers/tcp.py" talk 192.0.2.2 7777
  if sysctl_in client net.ipv4.tcp_ecn=3 && sysctl_in server net.ipv4.tcp_ecn=3; then
    client python3 "$helpers/tcp.py" talk 192.0.2.2 7777
  else
    skip 'this kernel has no accurate ECN'
  fi
  captured tcp_ecn.pcap
}

make_tcp_fastopen() {
  lan
  sysctl_in client net.ipv4.tcp_fastopen=3
  sysctl_in server net.ipv4.tcp_fastopen=3
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  wait_port server 7777
  capture client eth0 'tcp'
  client python3 "$helpers/tcp.py" fastopen 192.0.2.2 7777  # asks for a cookie
  client python3 "$helpers/tcp.py" fastopen 192.0.2.2 7777  # data in the SYN
  captured tcp_fastopen.pcap
}

make_tcp_md5() {
  lan
  start server python3 "$helpers/tcp.py" serve_md5 192.0.2.2 7777
  wait_port server 7777
  capture client eth0 'tcp'
  if ! client python3 "$helpers/tcp.py" talk_md5 192.0.2.2 7777; then
    skip 'this kernel has no TCP MD5 signatures'
    return
  fi
  captured tcp_md5.pcap
}

make_mptcp() {
  lan
  if ! sysctl_in client net.mptcp.enabled=1; then skip 'this kernel has no MPTCP'; return; fi
  ip -n "$tag-client" addr add 192.0.2.11/24 dev eth0
  ip -n "$tag-server" addr add 192.0.2.12/24 dev eth0
  client ip mptcp limits set subflow 4 add_addr_accepted 4
  server ip mptcp limits set subflow 4 add_addr_accepted 4
  client ip mptcp endpoint add 192.0.2.11 dev eth0 subflow
  server ip mptcp endpoint add 192.0.2.12 dev eth0 signal
  start server python3 "$helpers/tcp.py" serve_mptcp 0.0.0.0 7777
  wait_port server 7777
  capture client eth0 'tcp'
  client python3 "$helpers/tcp.py" talk_mptcp 192.0.2.2 7777
  captured mptcp.pcap
}

# The record types dnsmasq can serve, by UDP and TCP, and what goes wrong.
make_dns() {
  lan
  local txt=() n
  for n in $(seq 12); do
    txt+=(--txt-record=big.example.test,"record $n of twelve, long enough that all together do not fit into 512 bytes")
  done
  dnsmasq_in server --local=/example.test/ --local-ttl=300 \
    --host-record=www.example.test,192.0.2.80,2001:db8::80 \
    --cname=web.example.test,www.example.test \
    --mx-host=example.test,mail.example.test,10 --mx-host=example.test,mail2.example.test,20 \
    --host-record=mail.example.test,192.0.2.25 \
    --txt-record=example.test,'v=spf1 mx -all','second string' \
    --srv-host=_sip._udp.example.test,sip.example.test,5060,10,60 \
    --ptr-record=80.2.0.192.in-addr.arpa,www.example.test \
    --naptr-record=example.test,100,50,s,SIP+D2U,,_sip._udp.example.test \
    --caa-record=example.test,0,issue,ca.example.test \
    --dns-rr=example.test,2,036e7331076578616d706c65047465737400 \
    --dns-rr=example.test,6,036e7331076578616d706c650474657374000a686f73746d6173746572076578616d706c65047465737400787d1e0500001c2000000e100012750000000e10 \
    --dns-rr=www.example.test,29,001212130b5b5c1a007a1200009896800000 \
    --dns-rr=www.example.test,44,0401c2a1b0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90 \
    --dns-rr=_443._tcp.www.example.test,52,030101a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f \
    --dns-rr=www.example.test,65,0001000001000602683202683300040004c0000250 \
    --dns-rr=_http._tcp.example.test,256,000a000168747470733a2f2f7777772e6578616d706c652e746573742f \
    --dns-rr=example.test,43,30390d0203c4e9b1d2a5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9011 \
    --dns-rr=host.example.test,13,05414d443634054c696e7578 \
    "${txt[@]}"
  wait_port server 53
  capture client eth0
  local dig=(client dig @192.0.2.2 +tries=1 +time=2) type
  try "${dig[@]}" www.example.test A
  try "${dig[@]}" +noedns www.example.test AAAA
  try "${dig[@]}" web.example.test A
  for type in NS SOA MX TXT NAPTR CAA DS; do try "${dig[@]}" +nocookie example.test "$type"; done
  for type in LOC SSHFP HTTPS; do try "${dig[@]}" +nocookie www.example.test "$type"; done
  try "${dig[@]}" +nocookie _sip._udp.example.test SRV
  try "${dig[@]}" +nocookie _443._tcp.www.example.test TLSA
  try "${dig[@]}" +nocookie _http._tcp.example.test URI
  try "${dig[@]}" +nocookie host.example.test HINFO
  try "${dig[@]}" -x 192.0.2.80
  try "${dig[@]}" +nsid +dnssec +subnet=192.0.2.0/24 +padding=128 +keepalive www.example.test A
  try "${dig[@]}" nobody.example.test A            # NXDOMAIN
  try "${dig[@]}" outside.invalid A                # REFUSED
  try "${dig[@]}" +noedns big.example.test TXT     # truncated, then TCP
  try "${dig[@]}" +tcp www.example.test ANY
  try "${dig[@]}" version.bind CH TXT
  try "${dig[@]}" +opcode=NOTIFY example.test SOA
  printf 'server 192.0.2.2\nzone example.test\nupdate delete old.example.test A\nupdate add new.example.test 60 A 192.0.2.99\nsend\n' |
    try client nsupdate -t 2 -r 0
  captured dns.pcap
}

# Answers that span segments, by dig and by a helper, each with several queries on one connection.
make_dns_tcp() {
  lan
  local records=() n
  for n in $(seq 40); do
    records+=(--txt-record=big.example.test,"record $n of forty; each is long enough that all together take several kilobytes, and TCP")
  done
  dnsmasq_in server --local=/example.test/ --local-ttl=300 --host-record=www.example.test,192.0.2.80 \
    --mx-host=example.test,mail.example.test,10 --host-record=mail.example.test,192.0.2.25 "${records[@]}"
  wait_port server 53
  local ns
  for ns in client server; do ip -n "$tag-$ns" route change 192.0.2.0/24 dev eth0 advmss 536; done
  capture client eth0 'tcp'
  try client dig @192.0.2.2 +tcp +keepopen +tries=1 www.example.test A big.example.test TXT \
    example.test MX nobody.example.test A
  client python3 "$helpers/dns_tcp.py" 192.0.2.2
  captured dns_tcp.pcap
  transferred dns_tcp.pcap
}

# Neighbours, routers, listeners, and every error that is easily had.
make_icmpv6() {
  routed6
  ip -n "$tag-router" link set eth1 mtu 1280
  # A detour on the client's own link, for a redirect.
  ip -n "$tag-router" route add 2001:db8:3::/64 via fe80::ff:fe00:13 dev eth0
  ip -n "$tag-router" neigh add fe80::ff:fe00:13 lladdr 02:00:00:00:00:13 dev eth0
  ip -n "$tag-router" route add prohibit 2001:db8:4::/64
  cat >"$tmp/radvd.conf" <<-'CONF'
	interface eth0 {
	  AdvSendAdvert on;
	  AdvManagedFlag off;
	  AdvOtherConfigFlag on;
	  AdvLinkMTU 1480;
	  AdvCurHopLimit 64;
	  AdvDefaultLifetime 1800;
	  AdvDefaultPreference high;
	  AdvReachableTime 30000;
	  MinRtrAdvInterval 30;
	  MaxRtrAdvInterval 60;
	  prefix 2001:db8:1::/64 { AdvValidLifetime 7200; AdvPreferredLifetime 3600; };
	  route 2001:db8:2::/48 { AdvRoutePreference medium; AdvRouteLifetime 900; };
	  RDNSS 2001:db8:1::fe 2001:db8:2::2 { AdvRDNSSLifetime 600; };
	  DNSSL example.test lab.example.test { AdvDNSSLLifetime 600; };
	};
	CONF
  # The client begins anew, so that its first steps are in the capture.
  sysctl_in client net.ipv6.conf.eth0.disable_ipv6=1
  sysctl_in client net.ipv6.conf.eth0.router_solicitation_delay=0 net.ipv6.conf.eth0.router_solicitations=3
  start router radvd -n -C "$tmp/radvd.conf" -p "$tmp/radvd.pid" -m stderr
  sleep 1.5
  capture client eth0
  sysctl_in client net.ipv6.conf.eth0.disable_ipv6=0
  sleep 4
  ip -n "$tag-client" addr add 2001:db8:1::1/64 dev eth0
  until_true 'the address' addressed client
  ip -n "$tag-client" route add default via 2001:db8:1::fe metric 1 || true
  ip -n "$tag-client" addr add 2001:db8:1::fe/64 dev eth0   # taken: detection fails
  sleep 1.5
  ip -n "$tag-client" addr del 2001:db8:1::fe/64 dev eth0 || true
  local from=(-I 2001:db8:1::1)
  try client ping -6 -n -c2 -i0.2 "${from[@]}" 2001:db8:2::2
  try client ping -6 -n -c1 -W1 "${from[@]}" -t1 2001:db8:2::2                # time exceeded
  try client ping -6 -n -c1 -W1 "${from[@]}" -M do -s 1380 2001:db8:2::2      # packet too big
  try client ping -6 -n -c1 -W1 "${from[@]}" 2001:db8:9::9                    # no route
  try client ping -6 -n -c1 -W1 "${from[@]}" 2001:db8:4::4                    # prohibited
  sleep 1.5                                                                   # errors are rationed
  try client ping -6 -n -c1 -W1 "${from[@]}" 2001:db8:3::3                    # redirect
  try client ping -6 -n -c1 -W4 "${from[@]}" 2001:db8:2::77                   # address unreachable
  try client ping -6 -n -c1 -W1 -N name fe80::ff:fe00:11%eth0                 # node information
  try client ping -6 -n -c1 -W1 -I eth0 ff02::1                               # all nodes
  try client python3 "$helpers/icmp6.py" 2001:db8:2::2
  captured icmpv6.pcap
}

# 802.1Q and 802.1ad. helpers/trunk.py tags (the kernel may lack its 8021q module).
make_vlan() {
  lan_bare
  # A frame of VLAN 0 is the kernel's too; let only the tagging port answer it.
  sysctl_in client net.ipv4.conf.all.arp_ignore=1
  sysctl_in server net.ipv4.conf.all.arp_ignore=1
  local i=0 tags net
  for tags in 8100:100 88a8:200,8100:100 9100:300 8100:0 88a8:10,88a8:20,8100:30; do
    i=$((i + 1)) net=10.0.$i
    start client python3 "$helpers/trunk.py" eth0 "vlan$i" "02:00:00:00:0$i:01" "$tags" "$net.1/24"
    start server python3 "$helpers/trunk.py" eth0 "vlan$i" "02:00:00:00:0$i:02" "$tags" "$net.2/24"
  done
  there() { ip netns exec "$tag-client" ip -4 addr show | grep -q 10.0.5.1; }
  until_true trunk there
  there() { ip netns exec "$tag-server" ip -4 addr show | grep -q 10.0.5.2; }
  until_true trunk there
  capture client eth0
  for i in 1 2 3 4 5; do try client ping -n -c1 -W1 "10.0.$i.2"; done
  try client ping -n -c1 -W1 -Q 0xb8 10.0.1.2   # precedence 5: PCP 5
  try client ping -n -c1 -W1 -Q 0x20 10.0.2.2
  captured vlan.pcap
}

# IGMP versions 3, 2 and 1, with a bridge as the querier.
make_igmp() {
  lan_bare
  ip -n "$tag-client" addr add 192.0.2.1/24 dev eth0
  ip -n "$tag-client" route add 224.0.0.0/4 dev eth0
  querier
  capture client eth0 igmp
  client python3 "$helpers/multicast.py" join4 239.1.2.3 192.0.2.2
  sysctl_in client net.ipv4.conf.eth0.force_igmp_version=2
  client python3 "$helpers/multicast.py" join4 239.1.2.4
  sysctl_in client net.ipv4.conf.eth0.force_igmp_version=1
  client python3 "$helpers/multicast.py" join4 239.1.2.5
  captured igmp.pcap
}
# The same for IPv6: MLDv2 is in icmpv6.pcap too, MLDv1 is here.
make_mld() {
  lan_bare
  v6_on client server
  querier
  quiet6 client
  capture client eth0 ip6
  client python3 "$helpers/multicast.py" join6 ff15::7e57 2001:db8::2
  sysctl_in client net.ipv6.conf.eth0.force_mld_version=1
  client python3 "$helpers/multicast.py" join6 ff15::7e58
  captured mld.pcap
}
querier() {
  server ip link add br0 address 02:00:00:00:00:02 type bridge mcast_snooping 1 mcast_querier 1 \
    mcast_igmp_version 3 mcast_mld_version 2 mcast_query_use_ifaddr 1 \
    mcast_startup_query_interval 100 mcast_last_member_interval 50
  ip -n "$tag-server" link set eth0 master br0
  ip -n "$tag-server" addr add 192.0.2.2/24 dev br0
  ip -n "$tag-server" link set br0 up
}

# Two bridges on two cables agree on a tree (802.3 and LLC), then hand-made frames: SNAP, LLDP ...
make_llc() {
  lan_bare
  veth client eth1 02:00:00:00:00:03 server eth1 02:00:00:00:00:04
  local ns
  capture client eth0
  for ns in client server; do
    in_ns "$ns" ip link add br0 type bridge stp_state 1 forward_delay 200 hello_time 100 \
      max_age 600 mcast_snooping 0
    ip -n "$tag-$ns" link set br0 addrgenmode none
    ip -n "$tag-$ns" link set eth0 master br0
    ip -n "$tag-$ns" link set eth1 master br0
  done
  ip -n "$tag-server" link set br0 type bridge priority 4096
  ip -n "$tag-client" link set br0 up
  sleep 1
  ip -n "$tag-server" link set br0 up
  sleep 6
  # A third cable at the bridge that is not the root: it tells the root of the change.
  veth client eth2 02:00:00:00:00:05 client eth3 02:00:00:00:00:06
  ip -n "$tag-client" link set eth2 master br0
  sleep 5
  client python3 "$helpers/frames.py" eth0 llc
  captured llc.pcap
}

# RARP, inverse ARP, and neighbours of ARP that no program here sends any more.
make_rarp() {
  lan
  capture client eth0
  client python3 "$helpers/frames.py" eth0 rarp
  captured rarp.pcap
}

# Extension headers, each put there by a socket option, a route or a raw socket.
make_ipv6_ext() {
  routed6
  local ns
  for ns in client router server; do
    sysctl_in "$ns" net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.eth0.seg6_enabled=1
  done
  # The server knows neither AH nor ESP; without this rule it would say so each time.
  server nft 'table ip6 quiet { chain in { type filter hook input priority 0; meta l4proto { 50, 51 } drop; ip6 nexthdr { 50, 51 } drop; }; }'
  capture client eth0
  try client python3 "$helpers/ipv6_ext.py" 2001:db8:1::1 2001:db8:2::2 2001:db8:1::fe
  try client ping -6 -n -c1 -s 4000 2001:db8:2::2
  if ip -n "$tag-client" route add 2001:db8:2::2/128 encap seg6 mode inline segs 2001:db8:1::fe dev eth0 2>>"$tmp/log"
  then
    try client ping -6 -n -c1 -W1 2001:db8:2::2
    ip -n "$tag-client" route replace 2001:db8:2::2/128 encap seg6 mode encap segs 2001:db8:1::fe,2001:db8:2::2 dev eth0
    try client ping -6 -n -c1 -W1 2001:db8:2::2
  else
    skip 'this kernel has no SRv6'
  fi
  captured ipv6_ext.pcap
}

# AH and ESP over IPv4. helpers/ipsec.py computes them (the kernel may have neither).
make_ipsec() {
  lan
  server nft 'table ip quiet { chain in { type filter hook input priority 0; ip protocol { 50, 51 } drop; udp dport 4500 drop; }; }'
  capture client eth0
  client python3 "$helpers/ipsec.py" 192.0.2.1 192.0.2.2
  captured ipsec.pcap
}

# Pings in tunnels. VXLAN is the kernel's; helpers/tunnel.py wraps the rest.
make_tunnels() {
  lan6
  local kind i=0 kinds=(ipip sit ip4ip6 ip6ip6 gre gre-key gre6 gretap geneve mpls) ns n
  for kind in "${kinds[@]}"; do
    i=$((i + 1))
    start client python3 "$helpers/tunnel.py" "$kind" "$kind" eth0 1 2 "10.1.$i" "fd00:$i"
    start server python3 "$helpers/tunnel.py" "$kind" "$kind" eth0 2 1 "10.1.$i" "fd00:$i"
  done
  for ns in 'client 1 2' 'server 2 1'; do
    set -- $ns
    if in_ns "$1" ip link add vxlan address "02:00:00:00:0f:0$2" type vxlan id 5001 \
      local "192.0.2.$2" remote "192.0.2.$3" dstport 4789 2>>"$tmp/log"
    then
      sysctl_in "$1" net.ipv6.conf.vxlan.disable_ipv6=1
      ip -n "$tag-$1" addr add "10.1.99.$2/24" dev vxlan
      ip -n "$tag-$1" link set vxlan up
    else
      skip 'this kernel has no VXLAN'
    fi
  done
  there() { [ "$(ip netns exec "$tag-$1" ip addr show | grep -cE 'inet6? (10.1|fd00)')" -ge 11 ]; }
  until_true tunnels there client
  until_true tunnels there server
  quiet6 client server
  capture client eth0
  i=0
  for kind in "${kinds[@]}"; do
    i=$((i + 1))
    case $kind in
    sit | ip6ip6 | gre6) try client ping -6 -n -c1 -W1 "fd00:$i::2" ;;
    *) try client ping -n -c1 -W1 "10.1.$i.2" ;;
    esac
  done
  try client ping -n -c1 -W1 10.1.99.2
  captured tunnels.pcap
}

make_mdns() {
  lan6
  ip -n "$tag-client" route add 224.0.0.0/4 dev eth0
  ip -n "$tag-server" route add 224.0.0.0/4 dev eth0
  start server python3 "$helpers/mdns.py" serve
  wait_port server 5353
  capture client eth0 'udp'
  client python3 "$helpers/mdns.py" ask
  captured mdns.pcap
}

# Cooked captures: every interface at once, loopback too.
make_sll() {
  cooked LINUX_SLL sll.pcap
}
make_sll2() {
  cooked LINUX_SLL2 sll2.pcap
}
cooked() {
  lan6
  capture client any -y "$1"
  try client ping -n -c1 192.0.2.2
  try client ping -6 -n -c1 2001:db8::2
  try client ping -n -c1 127.0.0.1
  try client arping -c1 -I eth0 192.0.2.2
  try client python3 "$helpers/tcp.py" talk 127.0.0.1 7778
  captured "$2"
}

# No link layer: a tun device, behind which helpers/tunnel.py carries the packets.
make_raw() {
  lan
  v6_on client server
  start client python3 "$helpers/tunnel.py" gre46 tun0 eth0 1 2 10.1.1 fd00:1
  start server python3 "$helpers/tunnel.py" gre46 tun0 eth0 2 1 10.1.1 fd00:1
  there() { ip netns exec "$tag-$1" ip -4 addr show | grep -q 10.1.1; }
  until_true tunnel there client
  until_true tunnel there server
  quiet6 client server
  web_server server 10.1.1.2
  capture client tun0
  try client ping -n -c2 -i0.2 10.1.1.2
  try client ping -6 -n -c2 -i0.2 fd00:1::2
  try client curl -sS http://10.1.1.2/
  captured raw.pcap
}

# Timestamps in nanoseconds, and the same file in the other byte order, in microseconds.
make_nano() {
  lan
  capture client eth0 --time-stamp-precision=nano
  try client ping -n -c4 -i0.2 192.0.2.2
  captured nano.pcap
  python3 "$helpers/capture_files.py" swap "$here/nano.pcap" "$here/swap.pcap"
  report swap.pcap
}

# pcapng with two interfaces of different link types, and comments.
make_multi() {
  lan
  : >"$tmp/tcpdump"
  ip netns exec "$tag-client" dumpcap -q -i eth0 -f 'arp or icmp' -i any -f 'icmp' \
    -w "$tmp/multi" 2>"$tmp/tcpdump" &
  capture_pid=$!
  until_true dumpcap test -s "$tmp/multi"
  sleep 1
  try client ping -n -c2 -i0.2 192.0.2.2
  try client ping -n -c1 127.0.0.1
  sleep 0.5
  kill -INT "$capture_pid"
  wait "$capture_pid" || true
  capture_pid=
  editcap -a '1:the first packet, and a comment on it' "$tmp/multi" "$tmp/commented"
  python3 "$helpers/capture_files.py" scrub "$tmp/commented" "$here/multi.pcapng"
  report multi.pcapng
}

# Each packet's first 60 bytes.
make_snap() {
  lan
  web_server server 192.0.2.2
  capture client eth0 -s 60
  client curl -sS -o /dev/null http://192.0.2.2/
  try client ping -n -c1 -s 4000 192.0.2.2
  captured snap.pcap
}

# What a capture on the sending host looks like when the card does the work: frames over the
# MTU, and the pseudo-header's sum where the checksum will be.
make_offload() {
  lan
  offload_on
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  wait_port server 7777
  capture client eth0
  client python3 "$helpers/tcp.py" bulk 192.0.2.2 7777
  captured offload.pcap
}
offload_on() {
  local ns
  for ns in client server; do
    ip netns exec "$tag-$ns" ethtool -K eth0 tx on rx on sg on tso on gso on gro on >>"$tmp/log" 2>&1
  done
}

# Segments over 64 KB ("BIG TCP"): an IPv4 total length of 0, and its like in IPv6.
make_bigtcp() {
  lan6
  offload_on
  local ns
  for ns in client server; do
    if ! in_ns "$ns" python3 "$helpers/gso_size.py" eth0 180000 2>>"$tmp/log"; then
      skip 'this kernel has no BIG TCP'
      return
    fi
  done
  start server python3 "$helpers/tcp.py" serve 192.0.2.2 7777
  start server python3 "$helpers/tcp.py" serve 2001:db8::2 7778
  wait_port server 7777
  wait_port server 7778
  capture client eth0 -s 128 'greater 10000'
  client python3 "$helpers/tcp.py" big 192.0.2.2 7777
  client python3 "$helpers/tcp.py" big 2001:db8::2 7778
  captured bigtcp.pcap
}

# A PXE client, a BOOTP client and a DHCPINFORM, by helpers/bootp.py; dnsmasq answers.
make_pxe() {
  lan_bare
  ip -n "$tag-server" addr add 192.0.2.2/24 dev eth0
  ip -n "$tag-client" addr add 192.0.2.50/24 dev eth0
  dnsmasq_in server --port=0 --dhcp-authoritative --bootp-dynamic \
    --dhcp-range=192.0.2.100,192.0.2.110,255.255.255.0,10m --domain=example.test \
    --dhcp-boot=pxelinux.0,boot.example.test,192.0.2.2 --dhcp-vendorclass=set:vendor,packetsmith \
    --dhcp-option=vendor:packetsmith,1,192.0.2.8 --dhcp-option=vendor:packetsmith,2,"some text" \
    --pxe-prompt='Press F8',3 --pxe-service=x86-64_EFI,'Install',pxelinux,192.0.2.2 \
    --dhcp-option=option:root-path,/srv/root \
    --dhcp-option-force=209,configs/common --dhcp-option-force=210,/tftpboot/
  until_true dnsmasq grep -q 'IP range' "$tmp/log"
  capture client eth0 'udp port 67 or udp port 68 or udp port 4011'
  client python3 "$helpers/bootp.py"
  captured pxe.pcap
}

make_dhcpv6() {
  lan_bare
  v6_on client server
  ip -n "$tag-server" addr add 2001:db8::2/64 dev eth0 nodad
  sysctl_in client net.ipv6.conf.eth0.accept_ra=0
  quiet6 client server
  dnsmasq_in server --port=0 --dhcp-range=2001:db8::100,2001:db8::1ff,64,10m --domain=example.test \
    --dhcp-duid=32473,01:02:03:04:05:06 \
    --dhcp-option=option6:dns-server,[2001:db8::2],[2001:db8::3] \
    --dhcp-option=option6:domain-search,example.test,lab.example.test \
    --dhcp-option=option6:sntp-server,[2001:db8::4] --dhcp-option=option6:ntp-server,[2001:db8::4] \
    --dhcp-option=option6:information-refresh-time,3600
  until_true dnsmasq grep -q 'IP range' "$tmp/log"
  cat >"$tmp/dhclient6.conf" <<-'CONF'
	send fqdn.fqdn "client.example.test";
	send fqdn.encoded on;
	send fqdn.server-update on;
	send dhcp6.vendor-class 32473 11 "packetsmith";
	request dhcp6.name-servers, dhcp6.domain-search, dhcp6.sntp-servers, dhcp6.fqdn;
	CONF
  capture client eth0 'udp port 546 or udp port 547'
  local dh=(dhclient -6 -D LL -cf "$tmp/dhclient6.conf" -lf "$tmp/dhc6.leases" -pf "$tmp/dhc6.pid"
    -sf "$helpers/dhclient-script")
  : >"$tmp/dhc6.leases"
  try client "${dh[@]}" -1 eth0             # solicit, advertise, request, reply
  until_true 'dhclient to settle' test -s "$tmp/dhc6.pid"
  kill "$(cat "$tmp/dhc6.pid")" || true
  sleep 0.5
  try client "${dh[@]}" -1 eth0             # confirm, reply
  try client "${dh[@]}" -r eth0             # release, reply
  try client timeout 3 "${dh[@]}" -S -1 eth0   # information request
  try client timeout 3 "${dh[@]}" -P -1 -d eth0   # asks for a prefix, there is none
  captured dhcpv6.pcap
}

make_ntp() {
  lan
  start server python3 "$helpers/ntp.py" serve
  wait_port server 123
  capture client eth0 'udp port 123'
  client python3 "$helpers/ntp.py" ask
  captured ntp.pcap
}

make_tftp() {
  lan
  mkdir -p "$tmp/tftp"
  seq 1 400 >"$tmp/tftp/numbers.txt"
  chmod -R a+rX "$tmp"
  # Under a name of its own: dnsmasq tells the whole path in its error messages.
  start server sh -c 'mount --bind "$0" /srv && exec dnsmasq -k --conf-file=/dev/null --user=root \
    --pid-file= --port=0 --enable-tftp --tftp-root=/srv' "$tmp/tftp"
  wait_port server 69
  capture client eth0 'udp or icmp'
  client curl -sS -o /dev/null tftp://192.0.2.2/numbers.txt
  client curl -sS -o /dev/null --tftp-no-options tftp://192.0.2.2/numbers.txt
  try client curl -sS tftp://192.0.2.2/missing.txt
  try client curl -sS -T "$tmp/tftp/numbers.txt" tftp://192.0.2.2/upload.txt
  captured tftp.pcap
}

make_snmp() {
  lan
  start server python3 "$helpers/snmp.py" serve
  wait_port server 161
  capture client eth0 'udp'
  client python3 "$helpers/snmp.py" ask
  captured snmp.pcap
}

make_udplite() {
  lan6
  capture client eth0 'ip proto 136 or ip6 proto 136 or icmp or icmp6'
  client python3 "$helpers/udplite.py"
  captured udplite.pcap
}

# --- running ----------------------------------------------------------------------------

all=($(declare -F | sed -n 's/^declare -f make_//p'))
if [ "${1-}" = -l ]; then
  printf '%s\n' "${all[@]}"
  exit
fi
[ "$(id -u)" = 0 ] || die 'namespaces need root'
missing=()
for program in ip ss sysctl unshare ethtool tcpdump tshark editcap dumpcap dnsmasq dhclient \
  ping arping curl python3 dig nsupdate nft radvd gzip openssl; do
  command -v "$program" >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[*]}" >&2
  die 'on Debian: apt-get install iproute2 procps util-linux ethtool openssl tcpdump tshark
  dnsmasq-base isc-dhcp-client iputils-ping iputils-arping curl python3 bind9-dnsutils nftables
  radvd gzip'
fi
[ -c /dev/net/tun ] || die 'this kernel has no /dev/net/tun, which the tunnels and VLANs need'
for name in "${@:-${all[@]}}"; do
  declare -F "make_$name" >/dev/null || die "no capture named $name; see $0 -l"
done
for name in "${@:-${all[@]}}"; do
  printf '%s\n' "$name"
  : >"$tmp/log"
  : >"$TRANSFERS"
  "make_$name"
  clear_all
done
