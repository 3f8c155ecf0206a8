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

LINK = "delay=12.5ms"
QUICK = ["port-restricted+cgnat", "symmetric+symmetric", "symmetric,upnp+cgnat-symmetric", "udp-blocked+none",
         "udp-blocked+symmetric", "ipv6+ipv6"]
# what the matrix has no row for
MORE = ["ipv6+ipv6", "none,dual+port-restricted,dual", "ipv6+none,dual", "same-cgn", "same-cgn-nohairpin", "same-lan",
        "same-lan:full-cone,hairpin", "isolated", "isolated:port-restricted,hairpin", "lan-only",
        "symmetric,upnp+symmetric", "symmetric,natpmp+cgnat-symmetric", "symmetric,upnp-only+symmetric",
        "cgnat,upnp+symmetric", "symmetric,dual+symmetric,dual", "udp-blocked,dual+symmetric,dual"]
ROUTED = ("upnp", "natpmp")


def kinds(scenario):
    """The types and modifiers of both sides."""
    sides = scenario.split("+")
    return [re.split("[:,]", side) for side in (sides if len(sides) > 1 else sides * 2)]


def expected(scenario):
    """What Hark owes the user there: "lan", "direct", "relay"."""
    a, b = kinds(scenario)
    if scenario.startswith(("same-lan", "lan-only")):
        return "lan"
    mapped = [any(word.startswith(ROUTED) for word in side) and not side[0].startswith("cgnat") for side in (a, b)]
    public = [side[0] in ("none", "ipv6-open") or mapped[i] for i, side in enumerate((a, b))]
    six = all("dual" in side or side[0].startswith("ipv6") for side in (a, b))
    if "udp-blocked" in (a[0], b[0]):
        reachable = public[1] if a[0] == "udp-blocked" else public[0]
        return "direct" if reachable else "relay"
    if any(public) or six:
        return "direct"
    hard = [side[0] in ("symmetric", "cgnat-symmetric") for side in (a, b)]
    narrow = [side[0] not in ("full-cone", "restricted") for side in (a, b)]
    if (hard[0] and (hard[1] or narrow[1])) or (hard[1] and narrow[0]):
        return "relay"
    if scenario.startswith("isolated") and "hairpin" not in a:
        return "relay"
    if scenario.startswith("same-cgn-nohairpin"):
        return "relay"
    return "direct"


def path_of(peer, contact, wanted, timeout):
    """The path towards `contact`, once it is the wanted one, or what it is when time is over."""
    end = time.monotonic() + timeout
    while True:
        found = next((c for c in peer.command("status")["contacts"] if c["contact"] == contact), {})
        if found.get("path") == wanted or time.monotonic() > end:
            return found.get("path")
        time.sleep(0.1)


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
                befriend_carol(one, carol)
        figures["add_s"] = round(lab.befriend(alice, bob, 40)[0], 2)
        keys = [lab.key_of(peer) for peer in (alice, bob)]
        figures["path"] = path_of(alice, keys[1], wanted, 8)
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


def befriend_carol(one, carol):
    """Carol takes every request by herself."""
    key, own = lab.key_of(carol), lab.key_of(one)
    one.command("add", address=carol.command("address", one_time=True)["address"], text="Relay for me.")
    for peer, other in ((one, key), (carol, own)):
        peer.wait("contact", 40, contact=other, state="online")


def run(cli, scenario, keep):
    links = ["--link-a", LINK] + (["--link-b", LINK] if "+" in scenario else [])
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
    elif "--long" in arguments:
        rows = subprocess.check_output([lab.NETLAB, "matrix"], text=True).splitlines()
        scenarios = [row.split()[0] for row in rows] + MORE
    bad = [scenario for scenario in scenarios if run(cli, scenario, keep)]
    print(f"{len(scenarios) - len(bad)} of {len(scenarios)} pairs as they should be"
          + (f"; not: {', '.join(bad)}" if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
