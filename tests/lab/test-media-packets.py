#!/usr/bin/env python3
"""test-media-packets.py HARK-CLI - what an observer of a call sees: packets of one size, a hundred a second, also muted.

Two engines on loopback talk from file to file: 2 s of speech, 2 s muted. All UDP packets of loopback are captured
(AF_PACKET) and those beside QUIC are told by their first byte. Skipped (77) without the right to capture.
"""
import collections
import pathlib
import socket
import statistics
import struct
import subprocess
import sys
import os
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "app"))

from peer import Peer, PeerError  # noqa: E402 (found through the line above)

SECONDS = 2
MEDIA = range(0x80, 0xC0)   # first byte of a media packet (net/PROTOCOL.md)
ETH_P_IP, PACKET_OUTGOING = 0x0800, 4
SOL_PACKET, PACKET_VNET_HDR = 263, 15
VNET, ETHERNET = 10, 14     # bytes of struct virtio_net_hdr and of an Ethernet header
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


class Capture(threading.Thread):
    """(time, source port, UDP payload length) of media packets on loopback. Packets that one call sent together pass
    loopback as one; the kernel says where a wire would see them cut."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ETH_P_IP))
        self.socket.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self.socket.bind(("lo", ETH_P_IP))
        self.socket.settimeout(0.2)
        self.seen, self.over = [], False

    def run(self):
        while not self.over:
            try:
                data, address = self.socket.recvfrom(65536)
            except socket.timeout:
                continue
            together, = struct.unpack_from("=H", data, 4)
            data = data[VNET + ETHERNET:]
            head = (data[0] & 15) * 4
            if address[2] == PACKET_OUTGOING or data[9] != socket.IPPROTO_UDP or len(data) <= head + 8:
                continue
            source, _, length = struct.unpack_from("!HHH", data, head)
            payload = data[head + 8:head + length]
            for at in range(0, len(payload), together or len(payload)):
                if payload[at] in MEDIA:
                    self.seen.append((time.monotonic(), source, min(together or len(payload), len(payload) - at)))

    def between(self, begin, end):
        ports = collections.defaultdict(list)
        for when, source, length in list(self.seen):
            if begin <= when < end:
                ports[source].append((when, length))
        return [packets for packets in ports.values() if len(packets) > 10]


def engine(cli, folder, env, name, bootstrap):
    profile = f"{folder}/{name}"
    subprocess.run([cli, "--profile", profile, "init", "--name", name, "--no-passphrase", "--quiet-words"], env=env,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Peer(name, [cli, "--profile", profile, "run", "--json", "--port", "0", "--bind", "127.0.0.1", "--bootstrap",
                       bootstrap, "--auto-accept-requests", "--auto-answer", "--mic", f"wav:{HERE}/speech.wav",
                       "--speaker", "none"], f"{folder}/{name}.log", env)


def judge(capture, what, begin, end):
    ways = capture.between(begin, end)
    check(len(ways) == 2, f"{what}: media packets both ways")
    for packets in ways:
        sizes = {length for _, length in packets}
        check(len(sizes) == 1, f"{what}: one size: {sorted(sizes)} bytes in {len(packets)} packets")
        gaps = [1000 * (b - a) for (a, _), (b, _) in zip(packets, packets[1:])]
        rate = len(packets) / (end - begin)
        check(95 <= rate <= 105, f"{what}: {rate:.1f} packets/s, median interval {statistics.median(gaps):.2f} ms")
    return {length for packets in ways for _, length in packets}


def run(cli, folder, capture):
    env = {**os.environ, "XDG_RUNTIME_DIR": folder, "XDG_DATA_HOME": f"{folder}/data"}
    peers = [Peer("node", [cli, "node", "--json", "--port", "0", "--bind", "127.0.0.1"], f"{folder}/node.log", env)]
    try:
        bootstrap = f"127.0.0.1:{peers[0].wait('ready', 15)[1]['port']}"
        for name in "Alice", "Bob":
            peers.append(engine(cli, folder, env, name, bootstrap))
        _, alice, bob = peers
        keys = [peer.wait("ready", 15)[1]["account"] for peer in (alice, bob)]
        alice.command("add", address=bob.command("address")["address"], text="It is me.", name="Bob")
        alice.wait("contact", 60, contact=keys[1], state="online")
        bob.wait("contact", 60, contact=keys[0], state="online")
        call = alice.command("call", contact=keys[1])["call"]
        begin = max(peer.wait("call", 20, state="active")[0] for peer in (alice, bob)) + 0.3
        time.sleep(SECONDS + 0.3)
        alice.command("mute", call=call)
        muted = time.monotonic() + 0.1
        time.sleep(SECONDS + 0.1)
        alice.command("hangup", call=call)
        spoken = judge(capture, "speech", begin, begin + SECONDS)
        silent = judge(capture, "muted", muted, muted + SECONDS)
        check(spoken == silent, "muting cannot be told from the sizes")
    except (PeerError, OSError, subprocess.CalledProcessError) as error:
        check(False, str(error))
    finally:
        for peer in reversed(peers):
            peer.stop(timeout=5)


def main(cli):
    try:
        capture = Capture()
    except PermissionError:
        print("skipped: capturing needs root")
        return 77
    capture.start()
    with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
        run(os.path.abspath(cli), folder, capture)
    capture.over = True
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
