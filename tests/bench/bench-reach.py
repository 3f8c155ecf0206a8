#!/usr/bin/env python3
"""bench-reach.py HARK-CLI [--rounds N] - how soon people are reached: real hark-cli processes in a lab of homes.

Both homes are 12.5 ms from the internet each way, so that a round trip between them takes 50 ms. Prints a JSON line for each
pair of NAT types and measure:
  call   click to ringing while both are online (ms)
  cold   start of Bob's process to online at Alice's, found through the DHT (s)
  add    adding the address to online on both sides (s), once
Skipped (77) without root or network namespaces.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import homes as lab  # noqa: E402 (found through the line above)

LINK = "delay=12.5ms"
PAIRS = ["port-restricted+port-restricted", "full-cone+symmetric", "cgnat+restricted", "none+symmetric",
         "natpmp+cgnat-symmetric", "ipv6+ipv6", "same-lan"]
ROUNDS = 20


def quantile(values, share):
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def tell(scenario, measure, unit, values):
    print(json.dumps({"bench": "reach", "pair": scenario, "rtt_ms": 50 if "+" in scenario else 0, "measure": measure,
                      "unit": unit, "rounds": len(values), "p50": round(quantile(values, 0.5), 3),
                      "p99": round(quantile(values, 0.99), 3), "load": round(os.getloadavg()[0], 1)}), flush=True)


def call(alice, bob, key):
    """Milliseconds from the click to the news that it rings there."""
    mark, ear, begin = alice.mark(), bob.mark(), time.monotonic()
    number = alice.command("call", contact=key)["call"]
    when, _ = alice.wait("call", 20, since=mark, call=number, state="ringing")
    alice.command("hangup", call=number)
    bob.wait("call", 20, since=ear, state="ended")
    return 1000 * (when - begin)


def cold(homes, alice, bob, keys, places):
    """Seconds from the start of Bob's process until Alice sees him; and that process."""
    mark = alice.mark()
    homes.forget(bob)
    alice.wait("contact", 30, since=mark, contact=keys[1], state="offline")
    mark, begin = alice.mark(), time.monotonic()
    bob = homes.engine("Bob", "b", places)
    when, _ = alice.wait("contact", 40, since=mark, contact=keys[1], state="online")
    bob.wait("contact", 40, contact=keys[0], state="online")
    return when - begin, bob


def inside(cli, scenario, rounds, folder):
    homes = lab.Homes(cli, folder)
    try:
        places = homes.nodes(["pub1", "pub2", "pub3", "pub4"], six=scenario.startswith("ipv6"))
        alice, bob = homes.engine("Alice", "a", places), homes.engine("Bob", "b", places)
        tell(scenario, "add", "s", [lab.befriend(alice, bob)[0]])
        keys = lab.key_of(alice), lab.key_of(bob)
        calls = [call(alice, bob, keys[1]) for _ in range(rounds)]
        tell(scenario, "call", "ms", calls)
        times = []
        for _ in range(max(3, rounds // 2)):
            seconds, bob = cold(homes, alice, bob, keys, places)
            times.append(seconds)
        tell(scenario, "cold", "s", times)
    except (lab.PeerError, OSError, subprocess.CalledProcessError) as error:
        homes.tell_failure(f"{scenario}: {error}")
    finally:
        homes.stop()


def main(arguments):
    cli = os.path.abspath(arguments[0])
    rounds = int(arguments[arguments.index("--rounds") + 1]) if "--rounds" in arguments else ROUNDS
    if "--inside" in arguments:
        with tempfile.TemporaryDirectory(prefix="hark-bench-") as folder:
            inside(cli, arguments[arguments.index("--inside") + 1], rounds, folder)
        return 1 if lab.failures else 0
    if reason := lab.why_not():
        print(f"skipped: {reason}")
        return 77
    bad = 0
    for scenario in PAIRS:
        links = ["--link-a", LINK, "--link-b", LINK] if "+" in scenario else []
        bad += lab.run_inside(scenario, [__file__, cli, "--inside", scenario, "--rounds", str(rounds)], "--pubs", "4",
                              *links) != 0
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
