#!/usr/bin/env python3
"""bench-transfer.py HARK-CLI [--long] [LINK...] - files from disk to disk, beside TCP and toxcore on the same line.

Two network namespaces, between them an emulated line (tests/lab/netlab/linkem.c: rate, delay, loss; both ways) or a bare
pair of interfaces, and on it one after the other: a TCP connection of the kernel (CUBIC) that reads a file and writes one, whole hark-cli processes with stores,
hashes and fsync, and bench-tox if there is one beside HARK-CLI. A JSON line each: seconds and Mbit/s of the file's bytes.
Hark is timed from the command to `done` at the giver, so a round trip or two, the offer and both disks' syncs are in it.
small: a folder of 10,000 files of 10 kB beside one file of 100 MB, each twice, by turns, on a line of 100 Mbit/s.
Skipped (77) without root or network namespaces.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import homes as lab  # noqa: E402 (found through the line above)

# name: (rate in Mbit/s or None, delay each way in ms, loss each way in %, bytes, how many, whether in the quick run)
LINKS = {
    "loopback": (None, 0, 0, 400_000_000, 1, True),
    "100": (100, 0, 0, 40_000_000, 1, True),
    "100+40ms": (100, 20, 0, 60_000_000, 1, True),
    "100+40ms+1%": (100, 20, 1, 40_000_000, 1, True),
    "2": (2, 10, 0, 2_500_000, 1, True),
    "2x3": (2, 10, 0, 25_000_000, 3, False),
}
SMALL = "small"
SINK = """
import socket, sys
s = socket.create_server(("", 7000)); print("up", flush=True)
c = s.accept()[0]; f = open(sys.argv[1], "wb"); n = 0
while d := c.recv(1 << 20): f.write(d); n += len(d)
import os; f.flush(); os.fsync(f.fileno()); c.sendall(b"!")
"""
SOURCE = """
import socket, sys, time
begin = time.monotonic(); c = socket.create_connection((sys.argv[1], 7000))
c.sendfile(open(sys.argv[2], "rb")); c.shutdown(socket.SHUT_WR); assert c.recv(1)
print(time.monotonic() - begin)
"""


def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Line:
    """Two namespaces and what is between them."""

    def __init__(self, rate, delay, loss):
        self.emulator = None
        self.names = [f"hb{os.getpid() % 10000}{side}" for side in "ab"]
        for name in self.names:
            sh("ip", "netns", "add", name)
            sh("ip", "-n", name, "link", "set", "lo", "up")
            # TCP's is an IPv4 address, and 20 bytes more of each packet would count
            sh("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
               "net.ipv6.conf.default.disable_ipv6=1")
        if rate:
            self.emulate(f"rate={rate}mbit,delay={delay}ms,loss={loss}")
        else:
            sh("ip", "-n", self.names[0], "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns", self.names[1])
        for i, name in enumerate(self.names):
            sh("ip", "-n", name, "addr", "add", f"10.77.0.{i + 1}/24", "dev", "eth0")
            sh("ip", "-n", name, "link", "set", "eth0", "up")

    def emulate(self, spec):
        """Joins them by linkem, which works on kernels without netem, too; it ends with us."""
        source = pathlib.Path(lab.HERE) / "netlab/linkem.c"
        program = pathlib.Path(tempfile.gettempdir()) / f"linkem-{os.getuid()}-{int(source.stat().st_mtime)}"
        if not program.exists():
            sh("cc", "-O2", "-o", str(program), str(source))
        places = [word for name in self.names for word in (f"/run/netns/{name}", "eth0")]
        self.emulator = subprocess.Popen([program, "-t", *places, spec])
        while any(subprocess.run(["ip", "-n", name, "link", "show", "eth0"], capture_output=True).returncode
                  for name in self.names):
            time.sleep(0.05)

    def on(self, side, *command):
        return ["ip", "netns", "exec", self.names[side], *command]

    def end(self):
        if self.emulator:
            self.emulator.terminate()
            self.emulator.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], check=False)


def tell(link, who, total, seconds):
    print(json.dumps({"bench": "transfer", "link": link, "who": who, "MB": total / 1e6, "seconds": round(seconds, 2),
                      "Mbit/s": round(total * 8 / seconds / 1e6, 2), "load": round(os.getloadavg()[0], 1)}), flush=True)


def tcp(line, folder, path, count):
    sink = subprocess.Popen(line.on(1, sys.executable, "-c", SINK, f"{folder}/by-tcp"), stdout=subprocess.PIPE)
    sink.stdout.readline()
    seconds = float(subprocess.check_output(line.on(0, sys.executable, "-c", SOURCE, "10.77.0.2", path)))
    sink.wait()
    os.unlink(f"{folder}/by-tcp")
    return seconds * count


def tox(line, program, size, longest):
    """(seconds, bytes), or None where it did not find itself."""
    taker = subprocess.Popen(line.on(1, program, "take"), stdout=subprocess.PIPE, text=True)
    port, key, address = taker.stdout.readline().split()
    given = subprocess.run(line.on(0, program, "give", "10.77.0.2", port, key, address, str(size), str(longest)),
                           stdout=subprocess.PIPE, text=True)
    taker.kill()
    taker.wait()
    if given.returncode:
        return None
    seconds, moved = given.stdout.split()
    return float(seconds), int(moved)


def hark(line, homes, folder, paths, side_of):
    peers = []
    for name, side in side_of.items():
        homes.make(name)
        peer = lab.Peer(name, line.on(side, homes.cli, "--profile", f"{folder}/{name}", "run", "--json", "--port", "6900",
                                      "--no-dht", "--no-mapping", "--lan-only", "--auto-accept-requests", "--mic", "none",
                                      "--speaker", "none", "--auto-accept-files", f"{folder}/taken"),
                        f"{folder}/{name}.log", homes.env(name))
        homes.peers.append(peer)
        peers.append(peer)
    giver, taker = peers
    keys = [lab.key_of(peer) for peer in peers]
    giver.command("add", address=taker.command("address")["address"])
    for peer, key in zip(peers, reversed(keys)):
        peer.wait("contact", 60, contact=key, state="online")
    time.sleep(2)  # the path may still become a better one
    mark, begin = giver.mark(), time.monotonic()
    numbers = []
    for i, path in enumerate(paths):
        if i:
            time.sleep(max(0, begin + 5 * i - time.monotonic()))
        numbers += giver.command("give", contact=keys[1], paths=[path])["transfers"]
    for number in numbers:
        giver.wait("file-state", 900, since=mark, transfer=number, state="done")
    return time.monotonic() - begin


def give_small(cli):
    """A folder of 10,000 beside the same bytes in one."""
    with tempfile.TemporaryDirectory(prefix="hark-bench-", dir="/dev/shm") as folder:
        one, many = pathlib.Path(folder, "one"), pathlib.Path(folder, "many")
        many.mkdir()
        for i in range(10_000):
            pathlib.Path(many, f"{i:05d}").write_bytes(os.urandom(10_000))
        one.write_bytes(os.urandom(100_000_000))
        line = Line(100, 0, 0)
        took = {one: [], many: []}
        try:
            for turn in range(2):
                for path in took:
                    homes = lab.Homes(cli, f"{folder}/{path.name}-{turn}")
                    os.mkdir(homes.folder)
                    try:
                        took[path].append(hark(line, homes, str(homes.folder), [str(path)], {"Ann": 0, "Ben": 1}))
                    finally:
                        homes.stop()
                    tell(SMALL, f"hark, {path.name}", 100_000_000, took[path][-1])
        finally:
            line.end()
        print(json.dumps({"bench": "transfer", "link": SMALL, "small beside one": round(min(took[many]) / min(took[one]), 3),
                          "load": round(os.getloadavg()[0], 1)}), flush=True)


def measure(cli, name):
    rate, delay, loss, size, count, _ = LINKS[name]
    with tempfile.TemporaryDirectory(prefix="hark-bench-", dir="/dev/shm") as folder:
        paths = [f"{folder}/file-{i}" for i in range(count)]
        for path in paths:
            with open(path, "wb") as file:
                file.write(os.urandom(size))
        line, homes = Line(rate, delay, loss), lab.Homes(cli, folder)
        try:
            tell(name, "tcp", size * count, tcp(line, folder, paths[0], count))
            tell(name, "hark", size * count, hark(line, homes, folder, paths, {"Ann": 0, "Ben": 1}))
            homes.stop()
            program = pathlib.Path(cli).parent.parent / "tests/bench-tox"
            if rate != 2 and program.exists():  # there toxcore takes minutes
                if found := tox(line, str(program), size, 60 if rate else 150):  # it begins slowly: a short file would wrong it
                    tell(name, "toxcore", found[1], found[0])
        finally:
            homes.stop()
            line.end()


def main():
    words = sys.argv[1:]
    if reason := lab.why_not():
        print(f"skipped: {reason}")
        return 77
    chosen = [word for word in words[1:] if word in LINKS or word == SMALL]
    usual = [name for name, link in LINKS.items() if link[5] or lab.is_long(words)] + [SMALL] * lab.is_long(words)
    for name in chosen or usual:
        if name == SMALL:
            give_small(os.path.abspath(words[0]))
        else:
            measure(os.path.abspath(words[0]), name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
