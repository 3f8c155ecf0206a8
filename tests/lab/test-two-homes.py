#!/usr/bin/env python3
"""test-two-homes.py HARK-CLI [--scenario NAME] [--keep] - the whole chain, with every part real.

Two homes behind port-restricted NATs (netlab), a bootstrap node on a public host whose DHT port also answers STUN.
Alice and Bob know each other's address and that node, nothing else. They become contacts, connect directly through
both NATs, write both ways, pass 5 MB and talk for 3 s from file to file.

--scenario takes another pair of homes of netlab's list: "ipv6+ipv6", "cgnat+full-cone", "same-lan", ... Skipped (77)
without root or network namespaces. --keep leaves the logs where they are and says where that is.
"""
import os
import subprocess
import sys
import tempfile

import homes as lab
from homes import ROOT, SPEECH, Homes, PeerError, check
from together import give, talk, write

import speech  # (beside peer.py, which homes made findable)

SCENARIO = "port-restricted+port-restricted"
LINK = "delay=5ms"
MEGABYTES, SECONDS = 5, 3


def befriend(alice, bob, keys):
    """Alice asks, Bob accepts by hand; both online."""
    seconds, online = lab.befriend(alice, bob)
    request = bob.wait("request", 1, contact=keys[0])[1]
    check(request["text"] == "It is me." and request["name"] == "Alice", "the request says who and what")
    check(True, f"connected {seconds:.2f} s after the address was added")
    expected = "lan" if "same-lan" in SCENARIO or "lan-only" in SCENARIO else "direct"
    for event, peer in zip(online, (alice, bob)):
        check(event["path"] == expected, f"{peer.name}'s path in {SCENARIO} is {event['path']}")


def inside(cli, folder):
    homes = Homes(cli, folder)
    six = SCENARIO.startswith("ipv6")
    try:
        bootstrap = homes.nodes(["pub1"], six=six)
        downloads = homes.folder / "downloads"
        downloads.mkdir()
        alice = homes.engine("Alice", "a", bootstrap)
        bob = homes.engine("Bob", "b", bootstrap, "--auto-answer", "--auto-accept-files", str(downloads))
        keys = [lab.key_of(peer) for peer in (alice, bob)]
        befriend(alice, bob, keys)
        write(alice, bob, keys[1], "Hello from behind my NAT ☎")
        write(bob, alice, keys[0], "And from behind mine")
        give(alice, bob, keys[1], homes.folder, MEGABYTES)
        talk(alice, bob, keys[1], SECONDS)
        check(not any(homes.stop()), "everybody ends in good order")
        for ear in "Alice", "Bob":
            found = speech.compare(SPEECH, homes.folder / f"{ear}-speaker.wav", SECONDS - 0.5)
            check(found["windows"] >= 2 and found["found"] >= 0.7,
                  f"{ear} hears the speech: {100 * found['found']:.0f} % of {found['windows']} windows found again, "
                  f"{found['lag_ms']:.0f} ms behind")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError) as error:
        homes.tell_failure(error)
    finally:
        homes.stop()


def main(arguments):
    global SCENARIO
    if "--scenario" in arguments:
        SCENARIO = arguments[arguments.index("--scenario") + 1]
    if "--inside" in arguments:
        if "--keep" in arguments:
            folder = tempfile.mkdtemp(prefix="hark-lab-")
            inside(arguments[0], folder)
            print(f"logs: {folder}")
        else:
            with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
                inside(arguments[0], folder)
        return 1 if lab.failures else 0
    links = ["--link-a", LINK] + (["--link-b", LINK] if "+" in SCENARIO else [])
    return lab.run_inside(SCENARIO, [__file__, os.path.abspath(arguments[0]), "--inside", *arguments[1:]], *links)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
