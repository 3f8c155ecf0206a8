#!/usr/bin/env python3
"""test-roaming.py HARK-CLI [--long] [--keep] - a call and a file go on while networks change under them.

Two homes behind port-restricted NATs and a third to move to (netlab), round trip 50 ms. Alice and Bob are in a call and
a file is on its way; then a router forgets its NAT, a machine or a router gets another address, somebody moves to
another home, a line is cut and healed. The same call and the same transfer have to go on. For each fault one JSON line:

  gap_ms  longest time without a voice packet at Alice and at Bob
  net_ms  how long the network itself was away, by a packet every 10 ms from each home to the internet and back
  own_ms  what of the gaps came after that: ours, for the network was there

All times are those of the kernel's at the arrival of packets. Aims: voice is back within a second of the network, and
within two when both ends are hit; four times that on a machine with more than two waiting processes a processor.
Without --long only a rebind and a renumbering. Skipped (77) without root or network namespaces. --keep leaves the logs,
with every detail, where they are and says where that is.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

import homes as lab
from homes import Homes, PeerError, check, netlab

SCENARIO = "port-restricted+port-restricted+port-restricted"
LINK = "delay=12ms,rate=16mbit"
MEGABYTES = 12
BACK_MS, GAP_MS = 2000, 1000
NOTICED_MS = 150  # shorter gaps come from a busy machine
PULSE = 0.01  # s
ECHO_PORT = 7007
SO_TIMESTAMPNS = 35  # asm-generic/socket.h
SETTLED = 8  # s, after a fault

# what happens, how long voice may be away though the network is there (ms), whether it belongs to the quick run
FAULTS = [
    ("nat-rebind a", GAP_MS, True),
    ("renumber a", GAP_MS, True),
    ("nat-rebind b", GAP_MS, False),
    ("renumber b", GAP_MS, False),
    ("renumber ra", GAP_MS, False),
    ("roam a c", GAP_MS, False),
    ("roam a b", GAP_MS, False),
    ("roam a a", GAP_MS, False),
    ("nat-rebind a; nat-rebind b", BACK_MS, False),
    ("cut a; sleep 5; heal a", BACK_MS, False),
    ("cut a --carrier; sleep 3; heal a", BACK_MS, False),
]


def has_address(tap, interface, address):
    """The machine still has it: packets to one that is gone reach the interface, and nobody else."""
    try:
        request = fcntl.ioctl(tap, 0x8915, interface.encode().ljust(40, b"\0"))  # SIOCGIFADDR
    except OSError:
        return False
    return request[20:24] == address


def receive(tap):
    """A packet, who it is from, and when the kernel got it (s)."""
    packet, extra, _, address = tap.recvmsg(2048, 64)
    seconds, nanoseconds = struct.unpack("qq", extra[0][2])
    return packet, address, seconds + nanoseconds / 1e9


def listen(path):
    """In the namespace of a host: the time of every voice packet it receives, one a line."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    with open(path, "w", buffering=1) as times:
        while True:
            packet, address, when = receive(tap)
            six = address[1] == 0x86DD
            if address[2] != socket.PACKET_HOST or not six and address[1] != 0x0800:
                continue
            head = 48 if six else (packet[0] & 15) * 4 + 8
            if packet[6 if six else 9] == socket.IPPROTO_UDP and len(packet) > head + 20 and packet[head] == 0x80 \
                    and (six or has_address(tap, address[0], packet[16:20])):
                times.write(f"{when:.4f}\n")


def echo():
    """On the internet: every packet goes back."""
    place = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    place.bind(("", ECHO_PORT))
    while True:
        packet, address = place.recvfrom(64)
        place.sendto(packet, address)


def pulse(path, to):
    """In the namespace of a host: the time of every packet that came back from `to`, one a line. From a fresh port
    whenever nothing comes back: of an old one the host or its router may remember where it led."""
    place, heard = None, 0.0
    with open(path, "w", buffering=1) as times:
        while True:
            if time.time() > heard + 0.15:
                place, heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time()
                place.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            try:
                place.sendto(b"pulse", (to, ECHO_PORT))
            except OSError:
                pass  # the network is away
            end = time.monotonic() + PULSE
            while select.select([place], [], [], max(0, end - time.monotonic()))[0]:
                heard = receive(place)[2]
                times.write(f"{heard:.4f}\n")


class Ear:
    """Times of packets at a host, gathered by this script in its namespace."""

    def __init__(self, host, folder, mode, *more):
        self.path = pathlib.Path(folder) / f"{host}{mode}.times"
        self.process = subprocess.Popen(lab.on(host, sys.executable, "-B", __file__, mode, str(self.path), *more))

    def heard(self):
        return [float(line) for line in self.path.read_text().split("\n")[:-1]] if self.path.exists() else []

    def gap(self, since):
        """(begin, end) of the longest gap from a moment before `since` to the last packet."""
        times = [when for when in self.heard() if when > since - 0.5]
        pairs = list(zip(times, times[1:] + [time.time()]))
        return max(pairs, key=lambda pair: pair[1] - pair[0], default=(since, since + 1e6))

    def stop(self):
        self.process.kill()
        self.process.wait()


def break_network(what):
    for step in what.split("; "):
        words = step.split()
        if words[0] == "sleep":
            time.sleep(float(words[1]))
        else:
            netlab(*words)


def measure(ears, pulses, begin):
    """In ms: the gaps of voice at each ear, of the network, and the longest of the former without the latter."""
    gaps = [ear.gap(begin) for ear in ears]
    away = [gap for gap in (pulse.gap(begin) for pulse in pulses) if 1000 * (gap[1] - gap[0]) > NOTICED_MS]
    back = max((end for _, end in away), default=0)
    own = max(end - max(start, min(back, end)) for start, end in gaps)
    net = back - min((start for start, _ in away), default=0)
    return [round(1000 * (end - start)) for start, end in gaps], round(1000 * net), round(1000 * own)


def try_fault(homes, alice, bob, contact, ears, fault):
    what, most, _ = fault
    path = homes.folder / "file.bin"
    path.write_bytes(os.urandom(MEGABYTES * 1000 * 1000))
    marks = [peer.mark() for peer in (alice, bob)]
    alice.command("give", contact=contact, paths=[str(path)])
    time.sleep(1.5)
    begin = time.time()
    break_network(what)
    time.sleep(SETTLED)
    gaps, net, own = measure(ears[:2], ears[2:4], begin)
    busy = os.getloadavg()[0] > 2 * os.cpu_count()
    _, event = bob.wait("file-state", 120, since=marks[1], state="done",
                            until=lambda e: {"failed": "the file failed"}.get(e.get("state")))
    same = hashlib.sha256(pathlib.Path(event["path"]).read_bytes()).digest() == \
        hashlib.sha256(path.read_bytes()).digest()
    interrupted = [event["state"] for peer, mark in zip((alice, bob), marks)
                   for _, event in peer.seen("contact", since=mark) if event.get("state") != "online"]
    ended = [event for peer, mark in zip((alice, bob), marks)
             for event in peer.seen("call", since=mark, state="ended")]
    print(json.dumps({"fault": what, "gap_ms": gaps, "net_ms": net, "own_ms": own, "shown": interrupted,
                      "load": round(os.getloadavg()[0], 1)}), flush=True)
    most *= 4 if busy else 1
    check(own < most, f"{what}: voice is back in less than {most} ms")
    check(same and not ended, f"{what}: the call and the file go on")


def inside(cli, folder, faults, *more):
    """`more`: arguments of both engines."""
    homes = Homes(cli, folder)
    ears = []
    try:
        places = homes.nodes(["pub1", "pub2"])
        downloads = homes.folder / "downloads"
        downloads.mkdir()
        alice = homes.engine("Alice", "a", places, *more)
        bob = homes.engine("Bob", "b", places, "--auto-answer", "--auto-accept-files", str(downloads),
                           *more)
        lab.befriend(alice, bob)
        key = lab.key_of(bob)
        ears = [Ear("a", folder, "--listen"), Ear("b", folder, "--listen"),
                *(Ear(host, folder, "--pulse", netlab("addr", "pub1")) for host in "ab"),
                Ear("pub1", folder, "--echo")]
        marks = alice.mark(), bob.mark()
        alice.command("call", contact=key)
        for peer, mark in zip((alice, bob), marks):
            peer.wait("call", 20, since=mark, state="active")
        time.sleep(5)
        for fault in faults:
            try_fault(homes, alice, bob, key, ears, fault)
        check(not any(homes.stop()), "everybody ends in good order")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError) as error:
        homes.tell_failure(error)
    finally:
        for ear in ears:
            ear.stop()
        homes.stop()


def main(arguments):
    if "--listen" in arguments:
        listen(arguments[1])
    if "--pulse" in arguments:
        pulse(*arguments[1:])
    if "--echo" in arguments:
        echo()
    if "--inside" in arguments:
        faults = [fault for fault in FAULTS if fault[2] or lab.is_long(arguments)]
        if "--only" in arguments:
            faults = [fault for fault in FAULTS if fault[0] == arguments[arguments.index("--only") + 1]]
        if "--keep" in arguments:
            folder = tempfile.mkdtemp(prefix="hark-lab-")
            inside(arguments[0], folder, faults, "--log", "debug")
            print(f"logs: {folder}")
        else:
            with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
                inside(arguments[0], folder, faults)
        return 1 if lab.failures else 0
    links = [word for site in "abc" for word in (f"--link-{site}", LINK)]
    return lab.run_inside(SCENARIO, [__file__, os.path.abspath(arguments[0]), "--inside", *arguments[1:]], *links)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
