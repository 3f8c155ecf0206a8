#!/usr/bin/env python3
"""bench-sources.py HARK-CLI [CASE...] - what does not have to come twice, and what comes from three at once.

Homes behind NATs with lines of their own (tests/lab/netlab), whole hark-cli processes. A JSON line each. Cases:

  three        one giver at 8 Mbit/s, then three of these, to somebody with 50 Mbit/s
  duplicates   over 50 Mbit/s: bytes at the taker's interface for what it has already, or had in another state

Skipped (77) without root or network namespaces.
"""
import json
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import homes as lab  # noqa: E402 (found through the line above)
from together import received, wait_done  # noqa: E402

MB = 1_000_000


def tell(case, **figures):
    print(json.dumps({"bench": "sources", "case": case, **figures, "load": round(os.getloadavg()[0], 1)}), flush=True)


def taker_on(homes, host, places):
    return homes.engine("Taker", host, places, "--auto-accept-files", str(homes.folder / "taken"))


def three(homes, _):
    """One giver, then three."""
    places = homes.nodes(["pub1"])
    taker = taker_on(homes, "d", places)
    givers = [homes.engine(name, host, places) for name, host in (("Ann", "a"), ("Bea", "b"), ("Cem", "c"))]
    for giver in givers:
        lab.befriend(giver, taker)
    for count in (1, 3):
        path = homes.folder / f"film-{count}.bin"
        path.write_bytes(os.urandom(12 * MB))
        mark, begin = taker.mark(), time.monotonic()
        for giver in givers[:count]:
            giver.command("give", contact=lab.key_of(taker), paths=[str(path)])
        when, _ = wait_done(taker, mark, 300, name=path.name)
        most = max(event.get("sources", 0) for _, event in taker.seen("file-state", mark))
        tell("three", givers=count, sources=most, MB=12, seconds=round(when - begin, 2))


def give_all(giver, taker, case, path):
    """Gives the path and tells what came in for it."""
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
    marks, before, begin = (giver.mark(), taker.mark()), received("b"), time.monotonic()
    giver.command("give", contact=lab.key_of(taker), paths=[str(path)])
    when, _ = wait_done(taker, marks[1], 300)
    wait_done(giver, marks[0], 60)
    tell(case, MB=round(size / MB, 1), came_MB=round((received("b") - before) / MB, 2), seconds=round(when - begin, 2))


def duplicates(homes, _):
    """The same again, in six ways."""
    places = homes.nodes(["pub1"])
    giver, taker = homes.engine("Ann", "a", places), taker_on(homes, "b", places)
    lab.befriend(giver, taker)
    film, other, album = homes.folder / "film.bin", homes.folder / "other.bin", homes.folder / "album"
    content = bytearray(os.urandom(20 * MB))
    film.write_bytes(content)
    give_all(giver, taker, "new-file", film)
    shutil.copy(film, other)
    give_all(giver, taker, "same-under-another-name", other)
    content[10 * MB:10 * MB + 1000] = os.urandom(1000)
    film.write_bytes(content)
    give_all(giver, taker, "changed-by-1000-bytes", film)
    film.write_bytes(bytes(10 * MB) + os.urandom(1 << 20) * 10)
    give_all(giver, taker, "repeats-in-a-file", film)
    (album / "one").mkdir(parents=True)
    for i in range(200):
        (album / "one" / f"{i}.jpg").write_bytes(os.urandom(50_000))
    shutil.copytree(album / "one", album / "two")
    give_all(giver, taker, "folder-with-a-copy-in-it", album)
    (album / "one" / "new.jpg").write_bytes(os.urandom(50_000))
    give_all(giver, taker, "folder-given-again-with-one-more", album)


def links(specs):
    return [word for site, spec in specs.items() for word in (f"--link-{site}", f"delay=10ms,rate={spec}mbit")] + ["--pubs", "1"]


HOME = "port-restricted"
CASES = {
    "three": ("+".join([HOME] * 4), links({"a": 8, "b": 8, "c": 8, "d": 50}), three, True),
    "duplicates": (f"{HOME}+{HOME}", links({"a": 50, "b": 50}), duplicates, True),
}

if __name__ == "__main__":
    sys.exit(lab.run_cases(__file__, CASES, sys.argv[1:]))
