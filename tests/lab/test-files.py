#!/usr/bin/env python3
"""test-files.py HARK-CLI [CASE...] [--long] [--keep] - files between homes, through whatever happens to both.

Homes behind port-restricted NATs (netlab), real processes, lines with a rate. Cases:

  interrupted  a folder over 20 Mbit/s: both programs are killed in the middle, then the giver moves to another home; it
               goes on within a second of both being online, what had arrived is not sent again (counted at the taker's
               interface), a letter overtakes it, and it arrives as it was
  shared       a folder that one contact may look into and another may not: browsed and taken from, with names that are
               traps; nothing outside of it can be had, and who is taken out gets no more, also of what is on its way
  dropped      70 files at once, of which 32 are offered at a time, and one of another contact: "hark-cli take --all --from" takes those of
               the one and nothing else, "take --all" what is left
  narrow       three files of 25 MB, 5 s apart, over 2 Mbit/s beside a call (HARK_LONG: five minutes)
  sparse       10 GB with nothing in it but a few MB (HARK_LONG)

Prints a JSON line of figures. Skipped (77) without root or network namespaces.
"""
import hashlib
import json
import os
import pathlib
import sys
import time

import homes as lab
from homes import PeerError, check, netlab
from together import FILE_ENDS, received, wait_done

MB = 1_000_000
OVERHEAD = 1.06  # bytes at the interface for each of a file: heads, tags, acknowledgements of the other direction
RESUMED_S = 1.0  # after both are online
AGAIN_MAX = 1 << 20
BUSY = os.getloadavg()[0] > 2 * os.cpu_count()


def digests(folder):
    """Names below a folder, and what is in each."""
    root = pathlib.Path(folder)
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).digest()
            for path in sorted(root.rglob("*")) if path.is_file()}


def start(homes, places):
    """Alice on a, who gives, and Bob on b, who takes everything."""
    downloads = homes.folder / "downloads"
    downloads.mkdir(exist_ok=True)
    return (homes.engine("Alice", "a", places),
            homes.engine("Bob", "b", places, "--auto-answer", "--auto-accept-files", str(downloads)))


def wait_bytes(peer, since, at_least):
    """Until so many have arrived there, verified."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(event["bytes"] >= at_least for _, event in peer.seen("file-state", since)):
            return
        time.sleep(0.02)
    raise PeerError(f"{peer.name} has not got {at_least} bytes within a minute")


def resume(alice, bob, keys):
    """Seconds from both being online to 100 kB more at Bob's."""
    online = max(peer.wait("contact", 60, contact=key, state="online")[0] for peer, key in ((alice, keys[1]), (bob, keys[0])))
    begin = received("b")
    while received("b") < begin + 100_000:
        if time.monotonic() - online > 60:
            raise PeerError("nothing comes any more")
        time.sleep(0.02)
    return time.monotonic() - online


def interrupted(homes, _):
    """A folder goes on where it was."""
    places = homes.nodes(["pub1"])
    alice, bob = start(homes, places)
    lab.befriend(alice, bob)
    keys = lab.key_of(alice), lab.key_of(bob)
    folder = homes.folder / "photos"
    (folder / "small").mkdir(parents=True)
    (folder / "large.bin").write_bytes(os.urandom(7 * MB))
    for i in range(100):
        (folder / "small" / f"{i}.jpg").write_bytes(os.urandom(10_000))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    mark, before = bob.mark(), received("b")
    alice.command("give", contact=keys[1], paths=[str(folder)])
    wait_bytes(bob, mark, 2 << 20)
    for peer in (alice, bob):
        homes.kill(peer)
    alice, bob = start(homes, places)
    resumed = resume(alice, bob, keys)
    wait_bytes(bob, 0, 4 << 20)
    netlab("roam", "a", "c")
    mark, begin = bob.mark(), time.monotonic()
    alice.command("send", contact=keys[1], text="It is on its way.")
    letter = bob.wait("message", 30, since=mark, outgoing=False)[0]
    _, event = wait_done(bob, 0, 90)
    wait_done(alice, 0, 20)
    done = time.monotonic()
    again = max(0, (received("b") - before) / OVERHEAD - size)

    most = RESUMED_S * (4 if BUSY else 1)
    check(resumed <= most, f"killed on both sides, it goes on {resumed:.2f} s after both are online (at most {most:g})")
    check(again < AGAIN_MAX, f"{again / 1024:.0f} KiB of {size / 1024:.0f} were sent again")
    check(letter < done, f"a letter arrives {letter - begin:.2f} s after the giver has moved, the folder after {done - begin:.2f}")
    check(digests(event["path"]) == digests(folder), "the folder arrives as it was")
    print(json.dumps({"case": "interrupted", "resumed_s": round(resumed, 2), "again_KiB": round(again / 1024),
                      "letter_s": round(letter - begin, 2), "load": round(os.getloadavg()[0], 1)}), flush=True)


def refused(peer, command, **fields):
    """Why `peer` cannot have that; None when it can."""
    mark = peer.mark()
    tag, _ = peer.send(command, **fields)
    result = peer.wait("result", 40, since=mark, tag=tag)[1]
    return None if result["ok"] else result["code"]


def fill_shared(folder, outside):
    """What is shared, and traps in it; the names that may be seen at the top."""
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "sub" / "one.bin").write_bytes(os.urandom(MB))
    (folder / "sub" / "deep" / "two.txt").write_text("two")
    (folder / "large.bin").write_bytes(os.urandom(8 * MB))
    seen = {"sub", "large.bin", "-rf", "CON", "a\\b", "\u202egpj.exe", "שלום", "%2e%2e"}
    for name in seen - {"sub", "large.bin"}:
        (folder / name).write_text("x")
    for name in (".hidden", "two\nlines", "\x1b[2J"):
        (folder / name).write_text("not to be seen")
    (folder / os.fsdecode(b"\xff\xfe")).write_text("not to be seen")
    (folder / "sub" / ".hidden").write_text("not to be seen")
    for place in (folder, folder / "sub"):
        (place / "link").symlink_to(outside)
        (place / "linked").symlink_to(outside.parent)
    os.mkfifo(folder / "pipe")
    return seen


def shared(homes, _):
    """A folder to look into, for whom it is."""
    places = homes.nodes(["pub1"])
    alice, bob, carol = (homes.engine(name, host, places) for name, host in (("Alice", "a"), ("Bob", "b"), ("Carol", "c")))
    for other in (bob, carol):
        lab.befriend(alice, other)
    key, folder, outside, taken = lab.key_of(alice), homes.folder / "shelf", homes.folder / "secret.txt", homes.folder / "taken"
    outside.write_text("nobody shall have this")
    seen = fill_shared(folder, outside)
    before = digests(folder)
    alice.command("share", contact=lab.key_of(bob), path=str(folder))
    check([entry["name"] for entry in bob.command("browse", contact=key)["entries"]] == ["shelf"], "who is chosen sees the folder")
    names = {entry["name"] for entry in bob.command("browse", contact=key, path="shelf")["entries"]}
    check(names == seen, f"in it what may be seen, and nothing else: {sorted(names ^ seen)}")
    check(not carol.command("browse", contact=key)["entries"], "who is not sees none")
    for who, path in ((carol, "shelf"), (carol, "shelf/large.bin"), (bob, "shelf/../secret.txt"), (bob, "shelf/link"),
                      (bob, "shelf/linked/secret.txt"), (bob, "shelf/.hidden"), (bob, "secret.txt"), (bob, str(outside)),
                      (bob, "shelf//sub"), (bob, "shelf/sub/./one.bin"), (bob, "shelf/pipe")):
        check(refused(who, "fetch", contact=key, path=path, directory=str(taken)), f"{who.name} does not get {path!r}")

    mark = bob.mark()
    bob.command("fetch", contact=key, path="shelf/sub", directory=str(taken))
    _, event = wait_done(bob, mark, 60)
    came, there = digests(event["path"]), digests(folder / "sub")
    came.pop(".manifest", None)  # goes when the end is stored
    check(came == {name: there[name] for name in ("deep/two.txt", "one.bin")},
          f"a folder in it arrives, without its traps: {sorted(came)}")
    mark = bob.mark()
    bob.command("fetch", contact=key, path="shelf/large.bin", directory=str(taken))
    bob.wait("file-state", 30, since=mark, until=lambda e: e.get("bytes", 0) >= MB and FILE_ENDS.get(e.get("state")), state="moving")
    alice.command("unshare", contact=lab.key_of(bob), path=str(folder))
    bob.wait("file-state", 30, since=mark, state="failed")
    check(not bob.command("browse", contact=key)["entries"], "who is taken out sees nothing any more")
    check(refused(bob, "fetch", contact=key, path="shelf/sub", directory=str(taken)), "and gets nothing")
    check(sorted(path.name for path in taken.iterdir()) == ["sub"], "what was on its way is gone")
    check(digests(folder) == before, "the folder is as it was")


def take(homes, *words):
    """What "hark-cli take" says of Bob's running engine: (exit status, standard error)."""
    ended = lab.subprocess.run([homes.cli, "--profile", str(homes.folder / "Bob"), "take", *words, "--to", str(homes.folder / "taken")],
                               env=homes.env("Bob"), capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stderr


def dropped(homes, _):
    """Many files at once."""
    places = homes.nodes(["pub1"])
    alice, bob, carol = (homes.engine(name, host, places) for name, host in (("Alice", "a"), ("Bob", "b"), ("Carol", "c")))
    for other in (alice, carol):
        lab.befriend(other, bob)
    names = [f"{i}.jpg" for i in range(70)]
    for name in [*names, "carols.txt"]:
        (homes.folder / name).write_text(f"this is {name}")
    key, mark = lab.key_of(bob), bob.mark()
    alice.command("give", contact=key, paths=[str(homes.folder / name) for name in names])
    carol.command("give", contact=key, paths=[str(homes.folder / "carols.txt")])
    bob.wait("file-offer", 30, since=mark, name="carols.txt")
    status, words = take(homes, "--all", "--from", "Alice")
    came = digests(homes.folder / "taken")
    check(status == 0 and sorted(came) == sorted(names), f"all of the one contact came, and nothing else: {len(came)} {words[-200:]!r}")
    check(all((homes.folder / "taken" / name).read_text() == f"this is {name}" for name in came), "each as it was")
    check(take(homes, "--all")[0] == 0 and (homes.folder / "taken/carols.txt").exists(), "what is left comes, whoever gives it")
    (homes.folder / "no-folder").write_text("x")
    mark = bob.mark()
    alice.command("give", contact=key, paths=[str(homes.folder / "1.jpg")])
    bob.wait("file-offer", 30, since=mark)
    with lab.subprocess.Popen([homes.cli, "--profile", str(homes.folder / "Bob"), "take", "Alice", "--to", str(homes.folder / "no-folder")],
                              env=homes.env("Bob"), stderr=lab.subprocess.PIPE, text=True) as waits:
        check("is not a folder" in waits.stderr.readline(), "what is in the way is said while it waits")
        waits.terminate()
    status, words = take(homes, "--all")
    check(status == 1 and "nobody offers files now" in words, f"there is nothing any more, which is said: {words!r}")


def narrow(homes, _):
    """Three large files and a call share a narrow line."""
    alice, bob = start(homes, homes.nodes(["pub1"]))
    lab.befriend(alice, bob)
    keys = lab.key_of(alice), lab.key_of(bob)
    marks = alice.mark(), bob.mark()
    alice.command("call", contact=keys[1])
    for peer, mark in zip((alice, bob), marks):
        peer.wait("call", 30, since=mark, state="active")
    begin, numbers = time.monotonic(), []
    for i in range(3):
        path = homes.folder / f"{i}.bin"
        path.write_bytes(os.urandom(25 * MB))
        time.sleep(max(0, begin + 5 * i - time.monotonic()))
        numbers += alice.command("give", contact=keys[1], paths=[str(path)])["transfers"]
    for number in numbers:
        wait_done(alice, marks[0], 900, transfer=number)
    took = time.monotonic() - begin
    lost = max((event["loss_in"] for _, event in bob.seen("call-stats", marks[1])), default=1)
    check(not bob.seen("call", since=marks[1], state="ended"), "the call is still up")
    check(lost < 0.05, f"{100 * lost:.1f} % of its voice was lost at worst")
    # the call's own 60 kbit/s are 3 % of the line, and room for them is kept
    check(took < 420 * (2 if BUSY else 1), f"three files of 25 MB beside it take {took:.0f} s")
    print(json.dumps({"case": "narrow", "seconds": round(took, 1), "loss": lost, "load": round(os.getloadavg()[0], 1)}),
          flush=True)


def sparse(homes, _):
    """Of 10 GB of nothing nearly nothing travels."""
    alice, bob = start(homes, homes.nodes(["pub1"]))
    lab.befriend(alice, bob)
    path, size, piece = homes.folder / "disk.img", 10_000 * MB, os.urandom(2 * MB)
    with open(path, "wb") as file:
        file.truncate(size)
        for at in (0, size // 2, size - len(piece)):
            file.seek(at)
            file.write(piece)
    begin, before = time.monotonic(), received("b")
    alice.command("give", contact=lab.key_of(bob), paths=[str(path)])
    _, event = wait_done(bob, 0, 600)
    took, came = time.monotonic() - begin, received("b") - before
    taken = os.stat(event["path"])
    check(taken.st_size == size and taken.st_blocks * 512 < 50 * MB, f"10 GB take {taken.st_blocks * 512 / MB:.0f} MB there")
    check(came < 12 * MB, f"{came / MB:.1f} MB travelled")
    with open(event["path"], "rb") as file:
        same = True
        for at in (0, size // 2, size - len(piece)):
            file.seek(at)
            same &= file.read(len(piece)) == piece
    check(same, "what is in it is where it was")
    print(json.dumps({"case": "sparse", "seconds": round(took, 1), "MB": round(came / MB, 1),
                      "load": round(os.getloadavg()[0], 1)}), flush=True)


def links(spec):
    return [word for site in "abc" for word in (f"--link-{site}", spec)] + ["--pubs", "1"]


HOMES = "port-restricted+port-restricted+port-restricted"
CASES = {
    "interrupted": (HOMES, links("delay=10ms,rate=20mbit"), interrupted, True),
    "shared": (HOMES, links("delay=10ms,rate=20mbit"), shared, True),
    "dropped": (HOMES, links("delay=10ms,rate=20mbit"), dropped, True),
    "narrow": (HOMES, links("delay=10ms,rate=2mbit"), narrow, False),
    "sparse": (HOMES, links("delay=10ms,rate=20mbit"), sparse, False),
}

if __name__ == "__main__":
    sys.exit(lab.run_cases(__file__, CASES, sys.argv[1:]))
