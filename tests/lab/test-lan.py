#!/usr/bin/env python3
"""test-lan.py HARK-CLI [CASE] - people on one local network find each other by themselves, and nothing leaves it.

Cases, each in a lab of its own (default: all): switch, two-interfaces, two-networks, bound, link-local, mixed, autoconf,
comes-and-goes, same-lan, lan-only, isolated, no-multicast, closed, people-here. Nobody is given a bootstrap node unless a case says so. Skipped (77) without root
or network namespaces.
"""
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import homes
from homes import Homes, PeerError, befriend, check, key_of, netlab, on

AIM_MS = 300
ETH_P_ALL = 3
PREFIX = os.environ.get("NETLAB_PREFIX", "hklan")


def run(host, *command, ok=False):
    return subprocess.run(on(host, *command), capture_output=True, text=True, check=not ok)


class Capture:
    """Every IP packet that leaves `host` for another place than its own links, by an interface's name; AF_PACKET in
    a child that lives in the namespace."""

    CODE = r"""
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
print("ready", flush=True)
while True:
    data, (name, kind, *_) = s.recvfrom(65535)
    if len(data) < 34:
        continue
    proto = struct.unpack("!H", data[12:14])[0]
    if proto == 0x0800:
        print(name, kind, socket.inet_ntoa(data[26:30]), socket.inet_ntoa(data[30:34]), data[22], flush=True)
    elif proto == 0x86dd and len(data) >= 54:
        print(name, kind, socket.inet_ntop(socket.AF_INET6, data[22:38]),
              socket.inet_ntop(socket.AF_INET6, data[38:54]), data[21], flush=True)
"""

    def __init__(self, host):
        self.packets = []
        self.process = subprocess.Popen(on(host, sys.executable, "-c", self.CODE), stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            name, kind, source, to, hops = line.split()
            self.packets.append((name, source, to, int(hops)))

    def stop(self):
        time.sleep(0.3)
        self.process.terminate()
        self.process.wait()
        return self.packets


def start_pair(cli, folder, *options, second=()):
    """Two strangers become contacts by address alone, end, and start again: how long until they are online."""
    pair = Homes(cli, folder)
    for name in "Alice", "Bob":
        pair.make(name)
    return pair, [launch(pair, "Alice", "a", *options), launch(pair, "Bob", "b", *options, *second)]


def launch(pair, name, host, *options):
    return pair.start(name, host, "--profile", str(pair.folder / name), "run", "--json", "--port", "0", "--log", "debug",
                      "--mic", "none", "--speaker", "none", *options)


def again(pair, options, path="lan", count=3):
    """Bob ends and starts anew: ms from his being ready until both are online."""
    times = []
    alice, bob = pair.peers[0], pair.peers[1]
    keys = key_of(alice), key_of(bob)
    for _ in range(count):
        mark = alice.mark()
        pair.forget(bob)
        alice.wait("contact", 20, since=mark, contact=keys[1], state="offline")
        mark = alice.mark()
        bob = launch(pair, "Bob", "b", *options)
        ready = bob.wait("ready", 15)[0]
        ends = [alice.wait("contact", 30, since=mark, contact=keys[1], state="online"),
                bob.wait("contact", 30, contact=keys[0], state="online")]
        check(all(event["path"] == path for _, event in ends), f"the path is {ends[0][1]['path']}")
        times.append(1000 * (max(when for when, _ in ends) - ready))
    best = sorted(times)[len(times) // 2]
    check(best < 20 * AIM_MS,  # others may load the machine
          f"back online {', '.join(f'{t:.0f}' for t in times)} ms after the start (aim: median < {AIM_MS})")


def introduce(pair, peers, timeout=30):
    seconds, events = befriend(*peers, timeout=timeout)
    check(all(event["path"] == "lan" for event in events), f"contacts over the path {events[0]['path']}, "
          f"{seconds:.2f} s after the address was added")


def lan_peers(peer, at_least=1, timeout=10):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        network = peer.command("status")["network"]
        if network["lan_peers"] >= at_least:
            return network
        time.sleep(0.1)
    return peer.command("status")["network"]


def case_switch(cli, folder):
    """No router, no route, no DHT of the internet."""
    pair, peers = start_pair(cli, folder, "--no-dht")
    introduce(pair, peers)
    check(lan_peers(peers[0])["lan_peers"] == 1, "one neighbour is counted, though heard over IPv4 and IPv6")
    again(pair, ["--no-dht"])
    return pair


def case_same_lan(cli, folder):
    """A home with a router and the internet: the LAN is found first, and beside it."""
    pair, peers = start_pair(cli, folder)
    introduce(pair, peers)
    again(pair, [])
    return pair


def case_link_local(cli, folder):
    """Nothing but fe80:: addresses."""
    for host in "a", "b":
        run(host, "ip", "-4", "addr", "flush", "scope", "global")
    pair, peers = start_pair(cli, folder)
    introduce(pair, peers)
    again(pair, [])
    return pair


def case_two_interfaces(cli, folder):
    """Alice has a second interface that leads nowhere; it comes first."""
    run("a", "ip", "link", "add", "aaa0", "type", "veth", "peer", "name", "aaa1")
    run("a", "ip", "addr", "add", "10.77.0.1/24", "dev", "aaa0")
    for interface in "aaa0", "aaa1":
        run("a", "ip", "link", "set", interface, "up")
    pair, peers = start_pair(cli, folder)
    introduce(pair, peers)
    again(pair, [])
    return pair


def say(pair, text, aim):
    """A message of Alice's to Bob: how long it takes."""
    alice, bob = pair.peers[:2]
    mark = bob.mark()
    begin = time.monotonic()
    alice.command("send", contact=key_of(bob), text=text)
    when, _ = bob.wait("message", 40, since=mark, outgoing=False, text=text)
    check(when - begin < aim, f"“{text}” arrives {when - begin:.2f} s later (aim: < {aim} s)")


def lay_cable():
    """A second cable between them, cab0."""
    namespace = os.environ["NETLAB_PREFIX"] + "-b"
    run("a", "ip", "link", "add", "cab0", "type", "veth", "peer", "name", "cab0", "netns", namespace)
    for host, address in ("a", "10.77.0.1/24"), ("b", "10.77.0.2/24"):
        run(host, "ip", "addr", "add", address, "dev", "cab0")
        run(host, "ip", "link", "set", "cab0", "up")


def case_two_networks(cli, folder):
    """A second cable between them: whichever is pulled, the session goes on."""
    lay_cable()
    pair, peers = start_pair(cli, folder)
    introduce(pair, peers)
    check(lan_peers(peers[0])["lan_peers"] == 1, "one neighbour is counted, though heard on both networks")
    again(pair, [])
    say(pair, "Both are there.", 1)
    for pulled, other in ("eth0", "cab0"), ("cab0", "eth0"):
        run("b", "ip", "link", "set", pulled, "down")
        say(pair, f"{pulled} is pulled.", 5)
        run("b", "ip", "link", "set", pulled, "up")
        time.sleep(1)
    return pair


def case_bound(cli, folder):
    """Alice uses one of two connections: nothing leaves by the other, and the one may get another address."""
    lay_cable()
    capture = Capture("a")
    pair = Homes(cli, folder)
    for name in "Alice", "Bob":
        pair.make(name)
    peers = [launch(pair, "Alice", "a", "--bind", "cab0", "--no-dht"), launch(pair, "Bob", "b", "--no-dht")]
    introduce(pair, peers)
    say(pair, "By the cable.", 5)
    run("a", "ip", "addr", "del", "10.77.0.1/24", "dev", "cab0")
    run("a", "ip", "addr", "add", "10.77.0.9/24", "dev", "cab0")
    say(pair, "From another address.", 10)
    own = {line.split()[3].split("/")[0] for line in run("a", "ip", "-o", "addr", "show", "dev", "eth0").stdout.splitlines()}
    left = [packet for packet in capture.stop() if packet[0] == "eth0" and packet[1] in own
            and not packet[2].startswith("ff02::")]  # the kernel's own: IPv6 says which groups it listens to
    check(not left, f"nothing left by eth0 {left[:3] if left else ''}")
    return pair


def case_mixed(cli, folder):
    """Bob has nothing but a fe80:: address, Alice has IPv4 as well."""
    run("b", "ip", "-4", "addr", "flush", "scope", "global")
    pair, peers = start_pair(cli, folder, "--no-dht")
    introduce(pair, peers)
    again(pair, ["--no-dht"])
    return pair


def case_autoconf(cli, folder):
    """Nobody gave out addresses: 169.254/16 and no IPv6."""
    for host, address in ("a", "169.254.7.1/16"), ("b", "169.254.99.2/16"):
        run(host, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        run(host, "ip", "-4", "addr", "flush", "scope", "global")
        run(host, "ip", "addr", "add", address, "dev", "eth0")
    pair, peers = start_pair(cli, folder, "--lan-only")
    introduce(pair, peers)
    again(pair, ["--lan-only"])
    return pair


def case_comes_and_goes(cli, folder):
    """The cable is plugged in after the start, pulled for a while, and plugged in again."""
    pair, peers = start_pair(cli, folder, "--no-dht")
    introduce(pair, peers)
    time.sleep(1)
    pair.forget(peers[1])
    run("b", "ip", "link", "set", "eth0", "down")
    bob = launch(pair, "Bob", "b", "--no-dht")
    key = key_of(peers[0])
    time.sleep(2)
    mark = bob.mark()
    begin = time.monotonic()
    run("b", "ip", "link", "set", "eth0", "up")
    when, event = bob.wait("contact", 20, since=mark, contact=key, state="online")
    check(when - begin < 3, f"online {when - begin:.2f} s after the cable was plugged in (aim: < 3 s), path {event['path']}")
    say(pair, "It is in.", 1)
    run("b", "ip", "link", "set", "eth0", "down")
    time.sleep(6)
    run("b", "ip", "link", "set", "eth0", "up")
    say(pair, "It is in again.", 5)
    return pair


def block_multicast(*hosts):
    for host in hosts:
        rules = ("add table inet nomc; add chain inet nomc in { type filter hook input priority 0; };"
                 "add rule inet nomc in meta pkttype multicast udp dport 28375 drop;"
                 "add rule inet nomc in meta pkttype broadcast udp dport 28375 drop;"
                 "add rule inet nomc in meta l4proto udp ip6 daddr ff00::/8 drop")
        run(host, "nft", rules)


def case_no_multicast(cli, folder):
    """Neither multicast nor broadcast arrives; Bob knows where Alice's computer is, without the port."""
    block_multicast("a", "b")
    peer = netlab("addr", "a")
    pair, peers = start_pair(cli, folder, "--no-dht", second=("--peer", peer))
    introduce(pair, peers)
    again(pair, ["--no-dht", "--peer", peer])
    return pair


def case_isolated(cli, folder):
    """A Wi-Fi that keeps its clients apart: nothing is pretended."""
    pair, peers = start_pair(cli, folder)
    keys = [key_of(peer) for peer in peers]
    address = peers[1].command("address", one_time=True)["address"]
    peers[0].command("add", address=address, text="Anybody?")
    time.sleep(4)
    network = peers[0].command("status")
    person = [c for c in network["contacts"] if c["contact"] == keys[1]][0]
    check(network["network"]["lan_peers"] == 0 and person["state"] != "online",
          f"nobody is there: {person['reason']}")
    return pair


def is_beyond(address, own):
    """Not link-local, not a group of beacons, not in a prefix of the host."""
    if ":" in address:
        return not address.startswith(("fe80:", "ff02:"))
    return not (address.startswith(("169.254.", "127.", own)) or address in ("239.255.72.75", "255.255.255.255")
                or address.startswith("224.0.0."))


def udp_ports(host):
    """Ports at which anything listens there to IPv4. At others the kernel itself would answer, with an ICMP error."""
    places = [line.split()[3] for line in run(host, "ss", "-Hlun").stdout.splitlines()]
    return sorted({int(place.rpartition(":")[2]) for place in places if not place.startswith("[fe80:")})


FORGE = r"""
import socket, struct, sys
source, to, *ports = sys.argv[1:]
ping = b'd1:ad2:id20:' + b'x' * 20 + b'e1:q4:ping1:t2:aa1:y1:qe'
stun = bytes.fromhex('000100002112a442') + b'y' * 12
named = bytes.fromhex('0001001c2112a442') + b'y' * 12 + bytes.fromhex('00060011') + b'aaaaaaaa:bbbbbbbb' + bytes(3) + bytes(4)
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for port in ports:
    for data in ping, stun, named, b'\x80' * 100:
        udp = struct.pack('!HHHH', 6881, int(port), 8 + len(data), 0) + data
        head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton(source),
                           socket.inet_aton(to))
        s.sendto(head + udp, (to, 0))
"""


def forge(host, source, to, ports):
    """Questions of all kinds to these ports, sent by `host`, as if `source` had."""
    run(host, sys.executable, "-c", FORGE, source, to, *map(str, ports))


def case_lan_only(cli, folder):
    """With routers, public bootstrap nodes, names and a contact on the LAN: not one packet leaves it."""
    own = ".".join(netlab("addr", "a").split(".")[:3]) + "."
    captures = [Capture("a"), Capture("ra")]
    options = ["--lan-only", "--bootstrap", netlab("addr", "pub1") + ":6881", "--bootstrap", "router.example.org:6881",
               "--peer", netlab("addr", "pub1")]
    pair, peers = start_pair(cli, folder, *options)
    introduce(pair, peers)
    again(pair, options)
    peers[0].command("send", contact=key_of(peers[1]), text="It stays here.")
    pair.peers[-1].wait("message", 10, outgoing=False)
    network = peers[0].command("status")["network"]
    check(network["lan_only"] and network["refused"] > 0, f"what was refused is counted: {network['refused']}")
    ports = udp_ports("a")
    forge("ra", netlab("addr", "pub1"), netlab("addr", "a"), ports)
    time.sleep(0.5)
    more = peers[0].command("status")["network"]["refused"] - network["refused"]
    check(len(ports) >= 3 and more > 0, f"questions with a forged address beyond, to {len(ports)} ports: {more} answers were "
          "refused")
    pair.stop()
    at_host, at_router = [capture.stop() for capture in captures]
    out = [packet for packet in at_host if packet[1].startswith((own, "fe80:")) and is_beyond(packet[2], own)]
    check(not out, f"Alice sent nothing beyond the LAN among {len(at_host)} packets seen" + (f": {out[:3]}" if out else ""))
    wan = [packet for packet in at_router if packet[1].startswith(own) and is_beyond(packet[2], own)]
    check(not wan, f"nothing of the LAN came to the router for elsewhere among {len(at_router)} packets"
          + (f": {wan[:3]}" if wan else ""))
    return pair


def network_of(cli, *arguments):
    return subprocess.run([cli, "network", *arguments], capture_output=True, text=True)


PROBE = r"""
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(1)
host, *ports = sys.argv[1:]
ping = b'd1:ad2:id20:' + b'x' * 20 + b'e1:q4:ping1:t2:aa1:y1:qe'
stun = bytes.fromhex('000100002112a442') + b'y' * 12
named = bytes.fromhex('0001001c2112a442') + b'y' * 12 + bytes.fromhex('00060011') + b'aaaaaaaa:bbbbbbbb' + bytes(3) + bytes(4)
beacon = b'HKB1' + b'z' * 8 + (4000).to_bytes(2, 'big') + b'c' * 8
for place in ports:
    for data in ping, stun, named, beacon, b'', b'q' * 64, b'd' * 1400:
        s.sendto(data, (host, int(place)))
try:
    print('answer', s.recv(2048))
except ConnectionRefusedError: print('refused')
except OSError: print('silence')
"""

PROBE_TCP = r"""
import socket, sys
ping = b'd1:ad2:id20:' + b'x' * 20 + b'e1:q4:ping1:t2:aa1:y1:qe'
for data in ping, bytes([0x25]) + b'z' * 63, b'q' * 200:
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 3); s.settimeout(8)
    s.sendall(len(data).to_bytes(2, 'big') + data)
    try:
        print('closed' if s.recv(100) == b'' else 'answered', end=' ')
    except ConnectionResetError: print('closed', end=' ')
    except OSError: print('left open', end=' ')
"""


def join(pair, cli, link):
    """Bob's running engine is told; true when his profile keeps it and shows nothing of it."""
    command = [cli, "--profile", str(pair.folder / "Bob"), "network", "join", link]
    done = subprocess.run(on("b", *command), env=pair.env("Bob"), capture_output=True, text=True)
    files = [path.read_bytes() for path in (pair.folder / "Bob").rglob("*") if path.is_file()]
    return done.returncode == 0 and not any(link[3:40].encode() in content for content in files)


def case_closed(cli, folder):
    """A secret: members meet, others get no answer and are told what is wrong."""
    secret = network_of(cli, "create").stdout.strip()
    other = network_of(cli, "create").stdout.strip()
    check(re.fullmatch(r"hn1[a-z2-7]{56}", secret) is not None and secret != other, "a network is made")
    new, ours = (network_of(cli, "export", f"{folder}/{name}.hark", *more)
                 for name, more in (("new", []), ("ours", ["--network", secret])))
    check("a new network" in new.stderr and new.returncode == ours.returncode == 0 and not ours.stderr,
          "a file of a new network says that it is of a new one")
    check(secret in pathlib.Path(folder, "ours.hark").read_text(), "and one of a network that there is holds its secret")
    pair, peers = start_pair(cli, folder, "--network", secret)
    introduce(pair, peers)
    again(pair, ["--network", secret])
    port = peers[0].wait("ready", 5)[1]["port"]
    ports = udp_ports("a")
    answer = run("b", sys.executable, "-c", PROBE, netlab("addr", "a"), *map(str, ports)).stdout.strip()
    check(answer == "silence" and len(ports) >= 3, f"an outsider's probes of {len(ports)} UDP ports are met with {answer}")
    answer = run("b", sys.executable, "-c", PROBE_TCP, netlab("addr", "a"), str(port)).stdout.strip()
    check(answer == "closed closed closed", f"his TCP connections are {answer}, without a byte")
    joined = join(pair, cli, secret + "@" + netlab("addr", "a") + f":{port}")
    check(joined, "the profile keeps the network that it joined, and no file shows its secret")
    pair.forget(pair.peers[1])
    mark = peers[0].mark()
    launch(pair, "Bob", "b")
    peers[0].wait("contact", 20, since=mark, state="online")
    check(True, "with the network in his profile Bob is back without naming it")
    stranger = launch(pair, "Carol", "b", "--network", other) if pair.make("Carol") is None else None
    text = stranger.wait("warning", 20, code="network-silent")[1]["text"]
    check("another network" in text, f"with the wrong secret Carol is told: {text}")
    wrong = subprocess.run(on("b", cli, "--profile", str(pair.folder / "Carol2"), "node", "--network", secret[:-1]),
                           capture_output=True, text=True)
    check(wrong.returncode != 0 and "secret" in wrong.stderr, f"a damaged secret: {wrong.stderr.strip()}")
    return pair


def case_people_here(cli, folder):
    """Nobody is seen who did not choose to be; who did can be asked."""
    pair, (alice, bob) = start_pair(cli, folder)
    keys = key_of(alice), key_of(bob)
    lan_peers(bob)
    check(bob.command("people-here")["people"] == [], "nobody is seen by default")
    alice.command("visible", on=True)
    end = time.monotonic() + 10
    while not (people := bob.command("people-here")["people"]) and time.monotonic() < end:
        time.sleep(0.1)
    check([(p["name"], p["contact"]) for p in people] == [("Alice", keys[0])], f"Bob sees {[p['name'] for p in people]}")
    bob.command("add", address=people[0]["address"], text="Saw you here.")
    bob.wait("contact", 5, contact=keys[0], name="Alice", status="asked")
    check(True, "who was asked has the name at once that she shows")
    request = alice.wait("request", 20, contact=keys[1])[1]
    check(request["text"] == "Saw you here.", "and asks her with what he sees")
    alice.command("accept", contact=keys[1])
    bob.wait("contact", 20, contact=keys[0], state="online")
    check(True, "they are contacts")
    return pair


CASES = {
    "switch": ("lan-only", case_switch),
    "two-interfaces": ("lan-only", case_two_interfaces),
    "two-networks": ("lan-only", case_two_networks),
    "bound": ("lan-only", case_bound),
    "mixed": ("lan-only", case_mixed),
    "autoconf": ("lan-only", case_autoconf),
    "comes-and-goes": ("lan-only", case_comes_and_goes),
    "link-local": ("lan-only", case_link_local),
    "same-lan": ("same-lan", case_same_lan),
    "lan-only": ("same-lan", case_lan_only),
    "isolated": ("isolated", case_isolated),
    "no-multicast": ("lan-only", case_no_multicast),
    "closed": ("lan-only", case_closed),
    "people-here": ("lan-only", case_people_here),
}


def inside(cli, name, keep):
    folder = tempfile.mkdtemp(prefix="hark-lan-")
    pair = None
    try:
        homes_made = []
        original = Homes.__init__

        def remember(self, *arguments):
            original(self, *arguments)
            homes_made.append(self)
        Homes.__init__ = remember
        pair = CASES[name][1](cli, folder)
        check(not any(pair.stop()), "everybody ends in good order")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError, IndexError, KeyError) as error:
        for made in homes_made:
            made.tell_failure(f"{type(error).__name__}: {error}")
            for peer in made.peers:
                networks = [event for _, event in peer.events if event.get("event") == "network"]
                print(f"--- {peer.name}'s network: {networks[-1:]}", flush=True)
    finally:
        for made in homes_made:
            made.stop()
        if keep:
            print(f"logs: {folder}")
        else:
            subprocess.run(["rm", "-rf", folder], check=False)
    return 1 if homes.failures else 0


def main(arguments):
    cli, keep = os.path.abspath(arguments[0]), "--keep" in arguments
    names = [word for word in arguments[1:] if not word.startswith("--")]
    if "--inside" in arguments:
        return inside(cli, names[0], keep)
    worst = 0
    for name in names or CASES:
        print(f"--- {name}: {CASES[name][1].__doc__}", flush=True)
        status = homes.run_inside(CASES[name][0], [__file__, cli, name, "--inside", *(["--keep"] if keep else [])],
                                  prefix=PREFIX)
        if status == 77:
            return 77
        worst = worst or status
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
