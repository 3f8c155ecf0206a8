"""What two people of a lab do once they are contacts: write, hand a file over, talk, go through somebody.

Each prints what it checked, as homes.check() does, and returns figures.
"""
import hashlib
import os
import pathlib
import subprocess
import time

import homes as lab
from homes import PeerError, check

FILE_ENDS = {"failed": "the file failed", "refused": "the file was refused"}


def contact_of(peer, contact):
    """What `peer` says of a contact now."""
    return next((c for c in peer.command("status")["contacts"] if c["contact"] == contact), {})


def wait_contact(peer, contact, truth, what, timeout):
    """Seconds until `truth` holds of what `peer` says of the contact; `what` is said when it never does."""
    begin = time.monotonic()
    while not truth(found := contact_of(peer, contact)):
        if time.monotonic() - begin > timeout:
            raise PeerError(f"{peer.name}: not {what} within {timeout:g} s: {found}")
        time.sleep(0.05)
    return time.monotonic() - begin


def wait_relayed(peer, contact, relay, timeout):
    """Seconds until the contact is reached through `relay`."""
    return wait_contact(peer, contact, lambda c: c.get("state") == "online" and c.get("relay") == relay,
                        f"relayed by {relay}", timeout)


def wait_direct(peer, contact, timeout):
    """Seconds until nothing relays."""
    return wait_contact(peer, contact, lambda c: c.get("state") == "online" and not c.get("relay")
                        and c.get("path") in ("lan", "direct"), "direct", timeout)


def befriend_relay(one, relay):
    """`relay` takes every request by itself."""
    keys = lab.key_of(relay), lab.key_of(one)
    one.command("add", address=relay.command("address", one_time=True)["address"], text="Relay for me.")
    for peer, other in ((one, keys[0]), (relay, keys[1])):
        peer.wait("contact", 60, contact=other, state="online")


def write(sender, receiver, contact, text):
    """Milliseconds until it is read there; and its sender learns that."""
    mark, marks = receiver.mark(), sender.mark()
    begin = time.monotonic()
    sender.command("send", contact=contact, text=text)
    when, event = receiver.wait("message", 20, since=mark, outgoing=False)
    sender.wait("message-state", 20, since=marks, state="delivered")
    took = 1000 * (when - begin)
    check(event["text"] == text, f"{receiver.name} reads what {sender.name} wrote, {took:.0f} ms later, and it is known")
    return round(took, 1)


def received(host):
    """Bytes that have come in at the host's interface."""
    lines = subprocess.check_output(lab.on(host, "cat", "/proc/net/dev"), text=True).split("\n")[2:]
    return max(int(line.split(":")[1].split()[0]) for line in lines if line.strip() and not line.strip().startswith("lo:"))


def wait_done(peer, since, timeout, **fields):
    """When a file is done there, and the event."""
    return peer.wait("file-state", timeout, since=since, state="done", until=lambda e: FILE_ENDS.get(e.get("state")),
                     **fields)


def give(giver, taker, contact, folder, megabytes):
    """Seconds that a file of that size takes."""
    path = folder / "file.bin"
    path.write_bytes(os.urandom(int(megabytes * 1e6)))
    mark, marks = taker.mark(), giver.mark()
    begin = time.monotonic()
    giver.command("give", contact=contact, paths=[str(path)])
    when, event = wait_done(taker, mark, 120)
    giver.wait("file-state", 20, since=marks, state="done")
    digests = [hashlib.sha256(pathlib.Path(place).read_bytes()).digest() for place in (event["path"], path)]
    took = when - begin
    check(digests[0] == digests[1], f"{megabytes} MB arrive as they were, in {took:.2f} s: {megabytes / took:.2f} MB/s")
    return round(took, 2)


def talk(caller, called, contact, seconds, loss=1):
    """Milliseconds until the call is up on both sides; it lasts `seconds` and may lose that share of its packets."""
    marks = caller.mark(), called.mark()
    begin = time.monotonic()
    call = caller.command("call", contact=contact)["call"]
    both = list(zip((caller, called), marks))
    up = 1000 * (max(peer.wait("call", 20, since=mark, state="active")[0] for peer, mark in both) - begin)
    time.sleep(seconds)
    caller.command("hangup", call=call)
    for peer, mark in both:
        peer.wait("call", 20, since=mark, state="ended")
    lost = max((event["loss_in"] for peer, mark in both for _, event in peer.seen("call-stats", mark)), default=0)
    check(lost <= loss, f"the call is up after {up:.0f} ms, lasts {seconds} s, {100 * lost:.1f} % lost")
    return round(up, 1)
