#!/usr/bin/env python3
"""test-moving.py HARK-CLI [--keep] - a computer is lost, or left behind: the chat goes on from a backup.

Two homes behind port-restricted NATs (netlab), real processes. Alice backs up while she writes, her computer is lost,
and the backup is restored with the 24 words on another computer of her home: Bob sees her without a click, both have
what was written, and the chat goes on. Then the old computer turns up again: it reaches nobody, says why, and takes
nothing from the new one. Prints a JSON line of seconds. Skipped (77) without root or network namespaces.
"""
import json
import os
import subprocess
import sys
import time

import homes as lab
from homes import check


def make_with_words(homes, name):
    """A fresh profile; its 24 words."""
    return subprocess.run([homes.cli, "--profile", str(homes.folder / name), "init", "--name", name, "--no-passphrase"],
                          env=homes.env(name), check=True, capture_output=True, text=True).stdout.strip()


def restore(homes, name, words, backup):
    """`backup` becomes the profile `name`; what the program said."""
    read, write = os.pipe()
    os.write(write, words.encode())
    os.close(write)
    done = subprocess.run([homes.cli, "--profile", str(homes.folder / name), "restore", str(backup), "--words-fd",
                           str(read), "--no-passphrase"], env=homes.env(name), pass_fds=[read], capture_output=True,
                          text=True, check=False)
    os.close(read)
    check(done.returncode == 0, f"the backup is restored: {(done.stdout + done.stderr).strip().splitlines()[-1:]}")


def write(sender, receiver, to, text, timeout=40):
    """One message, until it is known to be there."""
    mark = receiver.mark()
    ident = sender.command("send", contact=to, text=text)["id"]
    receiver.wait("message", timeout, since=mark, text=text)
    sender.wait("message-state", timeout, id=ident, state="delivered")


def texts(peer, contact):
    found = peer.command("history", contact=contact, limit=100)["messages"]
    return sorted(m["text"] for m in found)


def scenario(homes):
    places = homes.nodes(["pub1", "pub2"])
    words = make_with_words(homes, "Alice")
    alice, bob = (homes.engine(name, host, places) for name, host in (("Alice", "a"), ("Bob", "b")))
    lab.befriend(alice, bob)
    her, him = lab.key_of(alice), lab.key_of(bob)
    write(alice, bob, him, "before")
    write(bob, alice, her, "answer")
    backup = homes.folder / "Alice.age"
    alice.command("backup", path=str(backup))
    write(alice, bob, him, "after the backup")
    homes.kill(alice)

    restore(homes, "Alice-again", words, backup)
    mark, begin = bob.mark(), time.monotonic()
    again = homes.engine("Alice-again", "a2", places)
    check(lab.key_of(again) == her, "it is the same account")
    back = again.wait("contact", 40, contact=him, state="online")[0] - begin
    print([(round(t-begin,2), e.get("contact","")[:4], e.get("state"), e.get("reason")) for t, e in again.events if e.get("event")=="contact"], flush=True); print([(round(t-begin,2), e) for t, e in again.events if e.get("event")=="network"][-3:]); print([(round(t-begin,2), e.get("state"), e.get("reason")) for t, e in bob.events[mark:] if e.get("event")=="contact"])
    bob.wait("contact", 40, since=mark, contact=her, state="online")
    check(not bob.seen("request", since=mark), "Bob is asked nothing")
    write(again, bob, him, "from the new computer")
    write(bob, again, her, "welcome back")
    check(texts(again, him) == sorted(["before", "answer", "from the new computer", "welcome back"]),
          "the new computer has what the backup had, and what came since")
    check(len(texts(bob, her)) == 5, "Bob has every message once")

    mark = bob.mark()
    old = homes.engine("Alice", "a", places)
    lab.key_of(old)
    old.command("send", contact=him, text="from the old computer")
    begin = time.monotonic()
    write(bob, again, her, "are you there?")  # the new one stays where it is
    homes.forget(again)
    told = old.wait("warning", 90, code="moved-on")[0] - begin
    check(not bob.seen("message", since=mark, text="from the old computer"), "the old computer is not heard")
    again = homes.engine("Alice-again", "a2", places)
    again.wait("contact", 60, contact=him, state="online")
    write(again, bob, him, "here I am")
    check(not bob.seen("message", since=mark, text="from the old computer"), "nor is it later")
    print(json.dumps({"restored_online_s": round(back, 2), "old_told_s": round(told, 2), "load": os.getloadavg()[0]}),
          flush=True)


def main():
    arguments = sys.argv[1:]
    if "--inside" in arguments:
        return lab.inside_case(os.path.abspath(arguments[0]), lambda homes, _: scenario(homes), arguments)
    return lab.run_inside("port-restricted+port-restricted", [__file__, *arguments, "--inside"], "--pubs", "2",
                          "--hosts", "2")


if __name__ == "__main__":
    sys.exit(main())
