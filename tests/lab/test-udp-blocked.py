#!/usr/bin/env python3
"""test-udp-blocked.py HARK-CLI [--long] [--scenario NAME] [--keep] - behind firewalls that let no UDP out.

Alice's office drops all UDP. DHT nodes run on two public hosts. She notices, comes online over TCP, becomes Bob's
contact, writes both ways, passes 1 MB and talks for 3 s. Bob is on a public host and takes her TCP, or, where neither
can be reached, behind a NAT or another such firewall; then Carol, a contact of both on a public host, relays.

Prints how long each took. Default: "udp-blocked+none"; --long: also the two pairs that need Carol. Skipped (77) without
root or network namespaces.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import homes as lab
from homes import SPEECH, Homes, PeerError, check
from together import befriend_relay, give, talk, write

import speech  # (beside peer.py, which homes made findable)

SCENARIOS = ["udp-blocked+none", "udp-blocked+port-restricted", "udp-blocked+udp-blocked"]
LINK = "delay=12.5ms"
MEGABYTES, SECONDS = 1, 3


def wait_udp(peer, state, timeout):
    """When the network was first said to be so, in seconds of time.monotonic()."""
    end = time.monotonic() + timeout
    while True:
        network = peer.command("status")["network"]
        if network["udp"] == state:
            return time.monotonic()
        if time.monotonic() > end:
            raise PeerError(f"{peer.name}: UDP is {network['udp']}, not {state}")
        time.sleep(0.05)


def inside(cli, scenario, folder):
    homes = Homes(cli, folder)
    relayed = not scenario.endswith("+none")
    figures = {"scenario": scenario}
    try:
        places = homes.nodes(["pub1", "pub2"])
        downloads = homes.folder / "downloads"
        downloads.mkdir()
        bob = homes.engine("Bob", "b", places, "--auto-answer", "--auto-accept-files", str(downloads))
        begin = time.monotonic()
        alice = homes.engine("Alice", "a", places)
        figures["noticed_s"] = round(wait_udp(alice, "blocked", 15) - begin, 2)
        check(True, f"{scenario}: noticed {figures['noticed_s']} s after the start")
        wait_udp(bob, "blocked" if scenario.endswith("udp-blocked") else "works", 15)
        if relayed:
            carol = homes.engine("Carol", "pub3", places, "--auto-accept-requests")
            for one in (alice, bob):
                befriend_relay(one, carol)
        figures["add_s"] = round(lab.befriend(alice, bob, 60)[0], 2)
        keys = [lab.key_of(peer) for peer in (alice, bob)]
        path = next(c for c in alice.command("status")["contacts"] if c["contact"] == keys[1])["path"]
        wanted = "relay" if relayed else "direct"
        check(path == wanted, f"online {figures['add_s']} s after the address was added, path {path}")
        figures["write_ms"] = [write(alice, bob, keys[1], "From the office"), write(bob, alice, keys[0], "From home")]
        figures["file_s"] = give(alice, bob, keys[1], homes.folder, MEGABYTES)
        figures["call_ms"] = talk(alice, bob, keys[1], SECONDS)

        mark = alice.mark()
        homes.forget(bob)
        alice.wait("contact", 40, since=mark, contact=keys[1], state="offline")
        mark, begin = alice.mark(), time.monotonic()
        bob = homes.engine("Bob", "b", places)
        when, _ = alice.wait("contact", 40, since=mark, contact=keys[1], state="online")
        figures["cold_s"] = round(when - begin, 2)
        check(True, f"online again {figures['cold_s']} s after Bob's new start")
        homes.stop()
        found = speech.compare(SPEECH, homes.folder / "Alice-speaker.wav", SECONDS - 0.5)
        check(found["windows"] >= 2 and found["found"] >= 0.7,
              f"Alice heard the speech: {100 * found['found']:.0f} % of {found['windows']} windows found again, "
              f"{found['lag_ms']:.0f} ms behind")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError, KeyError, StopIteration) as error:
        homes.tell_failure(f"{scenario}: {error}")
    finally:
        homes.stop()
    print(json.dumps(figures), flush=True)


def run(cli, scenario, keep):
    return lab.run_inside(scenario, [__file__, cli, "--inside", scenario, *(["--keep"] if keep else [])],
                          "--pubs", "3", "--link-a", LINK, "--link-b", LINK)


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
    scenarios = SCENARIOS if lab.is_long(arguments) else SCENARIOS[:1]
    if "--scenario" in arguments:
        scenarios = [arguments[arguments.index("--scenario") + 1]]
    return 1 if [scenario for scenario in scenarios if run(cli, scenario, keep)] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
