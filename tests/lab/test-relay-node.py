#!/usr/bin/env python3
"""test-relay-node.py HARK-CLI [CASE...] [--long] [--keep] - two who cannot reach each other directly and know nobody else.

Alice has a relay node ("hark-cli node --relay") on a public host and added its link; Bob does not know it. They become
contacts through it, write both ways, pass 1 MB and talk; after the node was restarted they find each other again. Then
Bob comes into Alice's network, and nothing goes through the node any more.
A stranger who sends the node packets hears nothing. Prints a JSON line of figures for each case. Skipped (77) without
root or network namespaces.
"""
import json
import os
import subprocess
import sys
import time

import homes as lab
from homes import PORT, check
from together import give, talk, wait_direct, wait_relayed, write

LINK = "delay=12.5ms"
MEGABYTES, SECONDS = 1, 2
STRANGER = """
import os, socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for kind in range(1, 6):
    for length in (1, 6, 43, 44, 45, 1206):
        sock.sendto((bytes([0x52, kind, 0, 0]) + os.urandom(1206))[:length], (sys.argv[1], int(sys.argv[2])))
try:
    print("answered:", len(sock.recv(2000)))
except TimeoutError:
    print("silence")
"""


def relay_node(homes, places):
    """The node on pub4 and its link."""
    address = lab.netlab("addr", "pub4")
    arguments = ["--profile", str(homes.folder / "relay"), "node", "--json", "--port", str(PORT), "--relay",
                 "--relay-host", f"{address}:{PORT}"]
    peer = homes.start("relay", "pub4", *arguments, *(word for place in places for word in ("--bootstrap", place)))
    return peer, address, peer.wait("ready", 15)[1]["address"]


def through_node(homes, _):
    """Everything goes through the node that Alice brought."""
    figures = {}
    places = homes.nodes(["pub1", "pub2", "pub3"])
    node, address, link = relay_node(homes, places)
    check(link.startswith("hr1"), "the node tells its link")
    downloads = homes.folder / "downloads"
    downloads.mkdir()
    alice = homes.engine("Alice", "a", places)
    bob = homes.engine("Bob", "b", places, "--auto-answer", "--auto-accept-files", str(downloads))
    keys = [lab.key_of(peer) for peer in (alice, bob)]
    alice.command("relay-add", address=link, name="attic")
    listed = alice.command("status")["network"]["relay_nodes"]
    check(listed == [f"attic {address}:{PORT}"], f"it is listed: {listed}")
    time.sleep(8)  # as long as it may take until UDP counts as blocked
    figures["add_s"] = round(lab.befriend(alice, bob)[0], 2)
    wait_relayed(alice, keys[1], "your node attic", 10)
    wait_relayed(bob, keys[0], "Alice's node", 10)
    check(True, f"online through the node {figures['add_s']} s after the address was added")
    write(alice, bob, keys[1], "Can you hear me?")
    write(bob, alice, keys[0], "Loud and clear")
    give(alice, bob, keys[1], homes.folder, MEGABYTES)
    talk(alice, bob, keys[1], SECONDS, loss=0.05)
    status = node.command("status")["network"]
    check(status["relayed_now"] == 1 and status["relayed_bytes"] > MEGABYTES * 1e6,
          f"the node relays one pair, {status['relayed_bytes'] / 1e6:.1f} MB so far")
    said = subprocess.check_output(lab.on("pub3", sys.executable, "-c", STRANGER, address, str(PORT)), text=True)
    check(said.strip() == "silence", f"strangers hear nothing: {said.strip()}")

    homes.kill(node)
    begin = time.monotonic()
    node, _, again = relay_node(homes, places)
    check(again == link, "after a restart its link is the same")
    for peer, key in ((alice, keys[1]), (bob, keys[0])):
        wait_relayed(peer, key, "your node attic" if peer is alice else "Alice's node", 30)
    write(alice, bob, keys[1], "Still there?")
    figures["restart_s"] = round(time.monotonic() - begin, 2)
    check(figures["restart_s"] < 10, f"{figures['restart_s']} s after its death they write again")

    lab.netlab("roam", "b", "a")
    begin = time.monotonic()
    for peer, key in ((alice, keys[1]), (bob, keys[0])):
        wait_direct(peer, key, 60)
    figures["direct_s"] = round(time.monotonic() - begin, 2)
    write(alice, bob, keys[1], "There you are!")
    check(figures["direct_s"] < 10 * (3 if os.getloadavg()[0] > 2 * os.cpu_count() else 1),
          f"direct {figures['direct_s']} s after Bob came into Alice's network")
    print(json.dumps(figures), flush=True)


OPTIONS = ("--pubs", "4", "--link-a", LINK, "--link-b", LINK)
CASES = {
    "symmetric": ("symmetric+symmetric", OPTIONS, through_node, True),
    "udp-blocked": ("udp-blocked+udp-blocked", OPTIONS, through_node, True),
}

if __name__ == "__main__":
    sys.exit(lab.run_cases(os.path.abspath(__file__), CASES, sys.argv[1:]))
