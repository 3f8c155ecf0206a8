#!/usr/bin/env python3
"""test-mailbox.py HARK-CLI [CASE...] [--long] [--keep] - a message reaches somebody although its sender has gone.

Alice and Bob live behind port-restricted NATs and are never online at the same time once they know each other. Bob's
mail is kept by a node of his own ("hark-cli node --mailbox"), or by Carol, whom both know. Alice writes and goes; Bob
comes, reads and goes; Alice comes and learns that it was delivered. Prints a JSON line of figures for each case.
Skipped (77) without root or network namespaces.
"""
import json
import sys
import time

import homes as lab
from homes import PORT, check

SCENARIO = "port-restricted+port-restricted"
LINK = "delay=5ms"
TEXT = "Read this when I am gone"


def waits_at(peer, since, whose):
    """Until a message of this peer waits at `whose`."""
    at = since
    while True:
        _, event = peer.wait("message-state", 60, since=at)
        at = peer.events.index((_, event)) + 1
        if whose in (event.get("reason") or ""):
            return event


def pass_on(homes, places, alice, bob, keys, whose):
    """Alice writes, Bob reads, Alice hears of it: one at a time."""
    homes.forget(bob)
    since = alice.mark()
    begin = time.monotonic()
    sent = alice.command("send", contact=keys[1], text=TEXT)["id"]
    event = waits_at(alice, since, whose)
    check(event["id"] == sent, f"she is told: {event['reason']}")
    left = time.monotonic() - begin
    homes.forget(alice)

    bob = homes.engine("Bob", "b", places)
    begin = time.monotonic()
    message = bob.wait("message", 60, contact=keys[0], text=TEXT)[1]
    came = time.monotonic() - begin
    check(message["id"] == sent, f"Bob has it {came:.1f} s after his start, while Alice is away")
    time.sleep(0.5)  # his acknowledgement is left at the same place
    homes.forget(bob)

    alice = homes.engine("Alice", "a", places)
    alice.wait("message-state", 60, id=sent, state="delivered")
    check(True, "Alice hears that it was delivered, while Bob is away")
    bob = homes.engine("Bob", "b", places)
    bob.wait("contact", 60, contact=keys[0], state="online")
    texts = [line["text"] for line in bob.command("history", contact=keys[0])["messages"] if line["text"] == TEXT]
    check(len(texts) == 1, "when both are there it is not said twice")
    print(json.dumps({"mailbox": whose, "left_s": round(left, 2), "came_s": round(came, 2)}), flush=True)


def own_node(homes, _):
    """Bob's own node keeps it, and is nobody's contact."""
    places = homes.nodes(["pub1"])
    node = homes.start("node", "pub2", "--profile", str(homes.folder / "node"), "node", "--json", "--port", str(PORT),
                       "--mailbox", *(word for place in places for word in ("--bootstrap", place)))
    link = node.wait("ready", 15)[1]["address"]
    alice, bob = (homes.engine(name, host, places) for name, host in (("Alice", "a"), ("Bob", "b")))
    keys = [lab.key_of(peer) for peer in (alice, bob)]
    lab.befriend(alice, bob)
    since = bob.mark()
    bob.command("mailbox-add", address=link)
    while not any(box["keeps"] for box in bob.command("mailbox")["mailboxes"]):
        since = bob.events.index(bob.wait("mailbox", 30, since=since)) + 1
    check(True, "his node keeps mail for Bob")
    check(len(bob.command("status")["contacts"]) == 1, "and is no contact")
    pass_on(homes, places, alice, bob, keys, "Bob's node")


def friend(homes, _):
    """Carol keeps it, since she has agreed."""
    places = homes.nodes(["pub1"])
    alice, bob = (homes.engine(name, host, places) for name, host in (("Alice", "a"), ("Bob", "b")))
    carol = homes.engine("Carol", "pub2", places)
    keys = [lab.key_of(peer) for peer in (alice, bob, carol)]
    lab.befriend(alice, bob)
    lab.befriend(alice, carol)
    lab.befriend(bob, carol)
    since, asked = bob.mark(), carol.mark()
    bob.command("mailbox-add", contact=keys[2])
    event = carol.wait("mailbox", 30, since=asked)[1]
    check(event["mailboxes"][0]["wants"] and not event["mailboxes"][0]["kept"], "Carol is asked, and has not agreed")
    carol.command("mailbox-for", contact=keys[1], on=True)
    while not any(box["keeps"] for box in bob.command("mailbox")["mailboxes"]):
        since = bob.events.index(bob.wait("mailbox", 30, since=since)) + 1
    check(True, "Carol keeps mail for Bob")
    pass_on(homes, places, alice, bob, keys, "Carol's")


CASES = {
    "own-node": (SCENARIO, ["--link-a", LINK, "--link-b", LINK], own_node, True),
    "friend": (SCENARIO, ["--link-a", LINK, "--link-b", LINK], friend, False),
}

if __name__ == "__main__":
    sys.exit(lab.run_cases(__file__, CASES, sys.argv[1:]))
