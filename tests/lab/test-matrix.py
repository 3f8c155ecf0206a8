#!/usr/bin/env python3
"""test-matrix.py HARK-CLI [--long] [--only SCENARIO] [--keep] - every pair of homes, with real processes.

For each pair of NAT types: three public DHT nodes, Carol on a public host, Alice and Bob at home, 25 ms from the
internet. Alice adds Bob's address; then Bob's process is started again; then she calls him. Carol is a contact of both and
relays where no direct path can be made. What the path must be: direct wherever libnice can make one (netlab matrix),
or one side is public, or a router opens ports; through Carol otherwise.

Prints a JSON line for each pair: seconds from adding the address to online, from the start of Bob's process to online,
milliseconds from Alice's click to her hearing that it rings. The default is a few pairs that stand for the rest.
Skipped (77) without root or network namespaces.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import homes as lab
from homes import Homes, PeerError, check
from together import befriend_relay, contact_of, wait_contact

LINK = "delay=12.5ms"
QUICK = ["port-restricted+cgnat", "symmetric+symmetric", "symmetric,upnp+cgnat-symmetric", "udp-blocked+none",
         "udp-blocked+symmetric", "ipv6+ipv6"]
# what the matrix has no row for
MORE = ["ipv6+ipv6", "none,dual+port-restricted,dual", "ipv6+none,dual", "same-cgn", "same-cgn-nohairpin", "same-lan",
        "same-lan:full-cone,hairpin", "isolated", "isolated:port-restricted,hairpin", "lan-only",
        "symmetric,upnp+symmetric", "symmetric,natpmp+cgnat-symmetric", "symmetric,upnp-only+symmetric",
        "cgnat,upnp+symmetric", "symmetric,dual+symmetric,dual", "udp-blocked,dual+symmetric,dual"]


def known_types():
    """{type: (mapping, filtering)} as netlab describes its NAT types (RFC 4787 words)."""
    found = {}
    for line in subprocess.check_output([lab.NETLAB, "list"], text=True).splitlines():
        if words := re.match(r"  (\S+) .*\[mapping (\S+), filtering (\S+)\]", line):
            found[words[1]] = words[2], words[3]
    return found


class Side:
    """What one home can do, from the words of its scenario and netlab's description of them."""

    def __init__(self, text, types):
        words = re.split("[:,]", text)
        words = words if words[0] in types else words[1:] or ["port-restricted"]  # same-lan, isolated ...
        mapping, filtering = types[words[0]]
        self.cgn = words[0].startswith("cgnat")
        self.maps = any(word.split("-")[0] in ("upnp", "natpmp") for word in words) and not self.cgn
        self.blocked = mapping == "blocked"
        self.four = not words[0].startswith("ipv6")
        self.six = not self.four or "dual" in words
        self.reachable = mapping == "-" and filtering == "EI" or self.maps  # from the internet, by its own port
        self.unstable = mapping == "APD"  # another port for each peer
        self.narrow = filtering == "APD"
        self.hairpin = "hairpin" in words


def expected(scenario):
    """What Hark owes the user there: "lan", "direct", "relay".

    Direct wherever one side can be reached by a port that does not depend on who asks, or both ports are predictable
    or need not be: ICE finds a pair unless one side's port is another for each peer and the other side lets in only
    ports it sent to. Behind one router that keeps its clients apart, or one CGN, only a hairpin leads back."""
    types, special = known_types(), scenario.split(":")[0]
    texts = scenario.split("+")
    a, b = (Side(text, types) for text in (texts if len(texts) > 1 else texts * 2))
    if special in ("same-lan", "lan-only"):
        return "lan"
    if special in ("isolated", "same-cgn", "same-cgn-nohairpin"):
        return "direct" if a.hairpin or special == "same-cgn" else "relay"
    if a.blocked or b.blocked:
        return "direct" if b.reachable and not b.blocked or a.reachable and not a.blocked else "relay"
    if a.reachable and b.four or b.reachable and a.four or a.six and b.six:
        return "direct"
    return "relay" if a.unstable and b.narrow or b.unstable and a.narrow else "direct"


def why_ended(event):
    ended = event.get("event") == "call" and event.get("state") == "ended"
    return f"the call ended: {event.get('reason')}" if ended else None


def inside(cli, scenario, folder):
    homes = Homes(cli, folder)
    wanted = expected(scenario)
    six = scenario.startswith("ipv6")
    figures = {"scenario": scenario, "expected": wanted}
    try:
        places = [] if scenario == "lan-only" else homes.nodes(["pub1", "pub2", "pub3"], six=six)
        bob = homes.engine("Bob", "b", places, "--auto-answer")
        alice = homes.engine("Alice", "a", places)
        if wanted == "relay":
            carol = homes.engine("Carol", "pub4", places, "--auto-accept-requests")
            for one in (alice, bob):
                befriend_relay(one, carol)
        figures["add_s"] = round(lab.befriend(alice, bob, 40)[0], 2)
        keys = [lab.key_of(peer) for peer in (alice, bob)]
        try:
            wait_contact(alice, keys[1], lambda c: c.get("path") == wanted, wanted, 8)
        except PeerError:
            pass
        figures["path"] = contact_of(alice, keys[1]).get("path")
        check(figures["path"] == wanted, f"{scenario}: path {figures['path']}, wanted {wanted}")

        mark = alice.mark()
        homes.forget(bob)
        alice.wait("contact", 30, since=mark, contact=keys[1], state="offline")
        mark, begin = alice.mark(), time.monotonic()
        bob = homes.engine("Bob", "b", places, "--auto-answer")
        when, _ = alice.wait("contact", 40, since=mark, contact=keys[1], state="online")
        figures["cold_s"] = round(when - begin, 2)

        mark = alice.mark()
        begin = time.monotonic()
        call = alice.command("call", contact=keys[1])["call"]
        when, _ = alice.wait("call", 20, since=mark, call=call, state="ringing", until=why_ended)
        figures["call_ms"] = round(1000 * (when - begin), 1)
        alice.command("hangup", call=call)
        check(True, f"{scenario}: online after {figures['add_s']} s, again after {figures['cold_s']} s, "
                    f"call after {figures['call_ms']} ms")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError, KeyError) as error:
        figures["error"] = str(error)
        homes.tell_failure(f"{scenario}: {error}")
    finally:
        homes.stop()
    print(json.dumps(figures), flush=True)


def run(cli, scenario, keep):
    links = [] if scenario == "lan-only" else ["--link-a", LINK]
    links += ["--link-b", LINK] if "+" in scenario else []
    return lab.run_inside(scenario, [__file__, cli, "--inside", scenario, *(["--keep"] if keep else [])],
                          "--pubs", "4", *links)


def main(arguments):
    cli = os.path.abspath(arguments[0])
    keep = "--keep" in arguments
    if "--inside" in arguments:
        scenario = arguments[arguments.index("--inside") + 1]
        if keep:
            folder = tempfile.mkdtemp(prefix="hark-lab-")
            inside(cli, scenario, folder)
            print(f"logs: {folder}")
        else:
            with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
                inside(cli, scenario, folder)
        return 1 if lab.failures else 0
    if reason := lab.why_not():
        print(f"skipped: {reason}")
        return 77
    scenarios = QUICK
    if "--only" in arguments:
        scenarios = [arguments[arguments.index("--only") + 1]]
    elif lab.is_long(arguments):
        rows = subprocess.check_output([lab.NETLAB, "matrix"], text=True).splitlines()
        scenarios = [row.split()[0] for row in rows] + MORE
    bad = [scenario for scenario in scenarios if run(cli, scenario, keep)]
    print(f"{len(scenarios) - len(bad)} of {len(scenarios)} pairs as they should be"
          + (f"; not: {', '.join(bad)}" if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
