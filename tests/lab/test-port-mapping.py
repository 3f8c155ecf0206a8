#!/usr/bin/env python3
"""test-port-mapping.py HARK-CLI ROUTER-ASK [CASE...] [--long] [--keep] - ports that routers open, and bad routers.

Cases, each in a lab of its own:

  router    miniupnpd with PCP, NAT-PMP and UPnP: each alone opens a port through which the internet comes in, shown in
            status, taken back at the end, and made again soon after the router restarted
  renewed   mappings of 8 s stay as long as we do: PCP and NAT-PMP
  moved     our address towards the router changes: it is asked anew
  hostile   routers that answer with garbage, floods, lies, endless or slow pages: no mapping is shown, nobody else is
            asked, memory stays bounded, and nobody waits for them at the end

Skipped (77) without root, network namespaces or miniupnpd. Prints JSON lines of seconds.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import capture
import homes as lab
from homes import PeerError, check, netlab, on

HERE = pathlib.Path(__file__).resolve().parent
END = 1.5     # s that an end may wait for a router
SLACK = 0.5   # s that everything else takes
MEMORY = 96   # MB resident at the most, with a hostile router
PAGE = 64     # MB of a page that a router gets rid of at the most, what the kernel keeps included
SITES = "abcdefgh"
QUICK = ["pcp-random", "pcp-nonce", "pcp-private", "nat-pmp-random", "upnp-control-elsewhere", "upnp-elsewhere",
         "upnp-endless", "upnp-slow"]
MORE = ["pcp-almost", "pcp-port-53", "nat-pmp-private", "upnp-private", "upnp-no-address", "upnp-flood", "upnp-random",
        "upnp-length", "upnp-endless-head", "upnp-chunks", "upnp-endless-soap", "upnp-slow-soap"]


def busy():
    """What times are multiplied by."""
    return 3 if os.getloadavg()[0] > 2 * os.cpu_count() else 1


def wait_for(what, truth, timeout):
    """Seconds until `truth` gives something."""
    begin = time.monotonic()
    while not truth():
        if time.monotonic() - begin > timeout:
            raise PeerError(f"{what}: not within {timeout} s")
        time.sleep(0.1)
    return round(time.monotonic() - begin, 2)


def mapping_of(peer):
    return peer.command("status")["network"]["mapping"]


def opened(router, inside, port):
    """The router's rules that lead to that port of the machine `inside`: [(protocol, outside port)]."""
    listing = on(router, "nft", "list", "chain", "inet", "netlab", "prerouting_miniupnpd")
    rules = subprocess.check_output(listing, text=True)
    found = []
    for line in rules.splitlines():
        to = re.search(r"dnat (?:ip )?to ([0-9.]+):(\d+)", line)
        outside = re.search(r"(?:th|udp|tcp) dport (\d+)", line)
        if to and outside and to[1] == inside and int(to[2]) == port:
            found.append(("tcp" if re.search(r"tcp|@nh,72,8 (0x)?0*6 ", line) else "udp", int(outside[1])))
    return found


def comes_in(recorder, router, outside, inside_port):
    """A datagram from the internet to that port of the router is seen at the machine."""
    marker = os.urandom(16)
    subprocess.run(on("pub2", sys.executable, "-c", "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
                      f".sendto(bytes.fromhex('{marker.hex()}'), ('{router}', {outside}))"), check=True)
    time.sleep(0.3)
    return any(p.udp == marker and p.to_port == inside_port for p in recorder.packets())


def end(homes, peer):
    """Seconds that it takes to end; in good order."""
    begin = time.monotonic()
    status = homes.forget(peer)
    took = time.monotonic() - begin
    check(status == 0 and took < (END + SLACK) * busy(), f"ends within {took:.2f} s, status {status}")
    return round(took, 2)


# ---- a good router -------------------------------------------------------------------

def router(homes, words):
    """What miniupnpd opens leads in, is given back, and comes again after a restart."""
    places = homes.nodes(["pub1"])
    inside, outside = {s: netlab("addr", s) for s in "abc"}, {s: netlab("addr", f"r{s}") for s in "abc"}
    recorders = {s: capture.Recorder(homes, s) for s in "abc"}
    kinds = {"a": ("pcp", "symmetric,natpmp"), "b": ("upnp", "symmetric,upnp-only")}
    peers = {s: homes.engine(name, s, places) for s, name in (("a", "Alice"), ("b", "Bob"))}
    for s, (kind, _) in kinds.items():
        peer = peers[s]
        port = peer.wait("ready", 15)[1]["port"]
        figures = {"language": kind, "open_s": wait_for(f"a mapping by {kind}", lambda: mapping_of(peer) == kind, 20)}
        wait_for("both ports", lambda: len(opened(f"r{s}", inside[s], port)) == 2, 20)
        rules = opened(f"r{s}", inside[s], port)
        udp = [number for protocol, number in rules if protocol == "udp"]
        check(len(udp) == 1 and len(rules) == 2, f"{kind}: the router opens UDP and TCP for port {port}: {rules}")
        check(comes_in(recorders[s], outside[s], udp[0], port), f"{kind}: a stranger's packet comes in")
        check(not comes_in(recorders[s], outside[s], udp[0] - 1, udp[0] - 1), "and none at the port beside it")
        netlab("nat-rebind", f"r{s}")  # its rules are made anew without any mapping, miniupnpd starts again
        figures["again_s"] = wait_for("mappings after the restart",
                                      lambda: len(opened(f"r{s}", inside[s], port)) == 2, 60)
        check(figures["again_s"] < 10 * busy(), f"{kind}: opened again {figures['again_s']} s after it restarted")
        figures["end_s"] = end(homes, peer)
        check(not opened(f"r{s}", inside[s], port), f"{kind}: the port is closed again at the end")
        print(json.dumps(figures), flush=True)
    ask_by_hand(tool_of(words), inside["c"], outside["c"], recorders["c"])
    for recorder in recorders.values():
        recorder.stop()


def ask_by_hand(tool, inside, outside, recorder):
    """Each language alone: miniupnpd speaks PCP wherever it speaks NAT-PMP, so an engine never falls back to that."""
    for number, language in enumerate(("pcp", "nat-pmp", "upnp")):
        port = 20001 + number
        said = subprocess.run(on("c", tool, language, str(port), "600"), capture_output=True, text=True).stdout.split()
        rules = opened("rc", inside, port)
        check(said[:1] == ["granted"] and said[1] == f"{outside}:{rules[0][1] if rules else 0}" and int(said[2]) >= 60,
              f"{language} by itself: {' '.join(said)}")
        check(bool(rules) and comes_in(recorder, outside, rules[0][1], port),
              f"{language}: a stranger's packet comes in")
        said = subprocess.run(on("c", tool, language, str(port), "0", str(rules[0][1]) if rules else "0"),
                              capture_output=True, text=True).stdout.strip()
        check(not opened("rc", inside, port), f"{language}: given back ({said})")


# ---- routers of ours -----------------------------------------------------------------

class FakeRouter:
    def __init__(self, homes, site, mode):
        self.path = homes.folder / f"router-{site}.txt"
        address = ".".join(netlab("addr", site).split(".")[:3]) + ".1"
        with open(self.path, "wb") as out:
            command = on(f"r{site}", sys.executable, "-B", str(HERE / "fake-router.py"), address, mode,
                         netlab("addr", "pub2"))
            self.process = subprocess.Popen(command, stdout=out)
        wait_for(f"the router {mode}", lambda: "ready" in self.said(), 10)

    def said(self):
        return self.path.read_text().splitlines()

    def stop(self):
        self.process.kill()
        self.process.wait()


def renewed(homes, _words):
    """Short leases are asked for again before they end."""
    places = homes.nodes(["pub1"])
    routers = {"a": FakeRouter(homes, "a", "pcp-8s"), "b": FakeRouter(homes, "b", "nat-pmp")}
    peers = {"a": homes.engine("Alice", "a", places), "b": homes.engine("Bob", "b", places)}
    for s, kind in (("a", "pcp"), ("b", "nat-pmp")):
        wait_for(f"a mapping by {kind}", lambda: mapping_of(peers[s]) == kind, 20)
    time.sleep(13)
    for s, kind in (("a", "pcp"), ("b", "nat-pmp")):
        asked = sorted(float(line.split()[-1]) for line in routers[s].said() if line.startswith(f"{kind} ask"))
        rounds = [when for i, when in enumerate(asked) if i == 0 or when - asked[i - 1] > 1]
        gaps = [round(b - a, 1) for a, b in zip(rounds, rounds[1:])]
        check(len(rounds) >= 3 and all(2 < gap < 7 for gap in gaps) and mapping_of(peers[s]) == kind,
              f"{kind}: 8 s at a time, asked again after {gaps} s")
        end(homes, peers[s])
        released = [line for line in routers[s].said() if "release" in line]
        check(len(released) >= 1, f"{kind}: given back at the end")
        routers[s].stop()


def moved(homes, _words):
    """Our address towards the router changes: it is asked anew at once, for the new one."""
    places = homes.nodes(["pub1"])
    fake = FakeRouter(homes, "a", "pcp")
    peer = homes.engine("Alice", "a", places)

    def asked():
        return [line for line in fake.said() if line.startswith(f"pcp ask {netlab('addr', 'a')} ")]
    wait_for("a mapping", lambda: asked() and mapping_of(peer) == "pcp", 20)
    before = netlab("addr", "a")
    netlab("renumber", "a")
    took = wait_for("a mapping for the new address", asked, 20)
    check(netlab("addr", "a") != before and took < 3 * busy(), f"asked anew {took} s after the address changed")
    wait_for("a mapping", lambda: mapping_of(peer) == "pcp", 20)
    end(homes, peer)
    fake.stop()


def memory_peak(peer):
    """MB."""
    status = pathlib.Path(f"/proc/{peer.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def hostile(homes, words):
    """Bad routers: nothing comes of it."""
    places = homes.nodes(["pub1"])
    watch = capture.Recorder(homes, "pub2")
    modes = QUICK + (MORE if lab.is_long(words) else [])
    modes = [word for word in words if word in QUICK + MORE] or modes
    while modes:
        batch, modes = modes[:len(SITES)], modes[len(SITES):]
        routers = {s: FakeRouter(homes, s, mode) for s, mode in zip(SITES, batch)}
        peers = {s: homes.engine(f"Person{s}", s, places) for s in routers}
        for peer in peers.values():
            lab.key_of(peer)
        time.sleep(6)
        for (s, peer), mode in zip(peers.items(), batch):
            asked = routers[s].said()
            check(len(asked) > 1, f"{mode}: the router was asked {len(asked) - 1} times")
            check(mapping_of(peer) == "none", f"{mode}: {mapping_of(peer)} is shown")
            check(memory_peak(peer) < MEMORY, f"{mode}: {memory_peak(peer):.0f} MB resident")
            taken = max([int(line.split()[1]) for line in asked if line.startswith("took")], default=0) / (1 << 20)
            check(taken < PAGE, f"{mode}: {taken:.1f} MB of a page were taken")
            end(homes, peer)
            routers[s].stop()
    named = [p for p in watch.packets() if p.to_port == 5000 and p.to == netlab("addr", "pub2")]
    check(not named, "nobody came to the place that bad routers named")
    watch.stop()


def tool_of(words):
    return next(word for word in words if word.endswith("router-ask"))


CASES = {
    "router": ("symmetric,natpmp+symmetric,upnp-only+port-restricted,upnp", ["--pubs", "2"], router, True),
    "renewed": ("port-restricted+port-restricted", ["--pubs", "2"], renewed, True),
    "moved": ("port-restricted", ["--pubs", "2"], moved, True),
    "hostile": ("+".join(["port-restricted"] * len(SITES)), ["--pubs", "2"], hostile, True),
}

if __name__ == "__main__":
    if lab.why_not() is None and not shutil.which("miniupnpd", path=os.environ["PATH"] + ":/usr/sbin"):
        print("skipped: miniupnpd is not installed")
        sys.exit(77)
    sys.exit(lab.run_cases(__file__, CASES, [os.path.abspath(word) if word.endswith("router-ask") else word
                                             for word in sys.argv[1:]]))
