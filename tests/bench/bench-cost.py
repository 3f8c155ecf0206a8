#!/usr/bin/env python3
"""bench-cost.py HARK-CLI [--rounds N] [--folder DIR] [CASE...] - what a file costs each side, from disk to disk over the loopback.

Two whole hark-cli with large datagrams, whose files are in DIR, which is /dev/shm if nothing else is said; each round takes every case once, so that what else the machine does
meets them all alike. A JSON line each: seconds on the wall from the command to `done` at the giver, processor time of each side
with all its threads, of its engine's thread alone, and the load. The last two lines for each case have the best of its rounds and their medians.
The case `toxcore` is as large a file between two bench-tox, if they are built: from memory to nowhere, and the seconds
are those from its first chunk to the last, while its processor time has the moments in it in which they find each other.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import homes as lab  # noqa: E402 (found through the line above)

MB = 1_000_000
SMALL = 10_000
# name: (without AES, bytes of the one file or None for SMALL files of SMALL bytes)
CASES = {
    "aes": (False, 400 * MB),
    "chacha": (True, 400 * MB),
    "one": (False, 100 * MB),
    "small": (False, None),
    "toxcore": (None, 400 * MB),
}


def fill(path, size):
    """What nobody has given before: neither side has a copy."""
    if size:
        with open(path, "wb") as file:
            for _ in range(size // (4 * MB)):
                file.write(os.urandom(4 * MB))
        return
    for i in range(SMALL):
        if i % 500 == 0:
            os.makedirs(f"{path}/{i // 500}")
        with open(f"{path}/{i // 500}/{i}.jpg", "wb") as file:
            file.write(os.urandom(SMALL))


def threads(pid):
    """{thread: seconds of the processor so far}."""
    spent = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            spent[name] = spent.get(name, 0) + int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:  # it ended
            pass
    return spent


class Pair:
    """Two who are contacts of each other, on one cipher."""

    def __init__(self, cli, folder, plain):
        self.homes = lab.Homes(cli, folder)
        self.taken = f"{folder}/taken"
        node = self.start("node", "node", "--json", "--bind", "127.0.0.1", "--port", "0")
        place = f"127.0.0.1:{node.wait('ready', 15)[1]['port']}"
        more = ["--no-aes"] if plain else []
        for name in ("Ann", "Ben"):
            self.homes.make(name)
        self.giver, self.taker = (
            self.start(name, "--profile", f"{folder}/{name}", "run", "--json", "--jumbo", "--bind", "127.0.0.1", "--port", "0",
                       "--bootstrap", place, "--no-mapping", "--mic", "none", "--speaker", "none", "--auto-accept-files",
                       self.taken, *more) for name in ("Ann", "Ben"))
        lab.befriend(self.giver, self.taker)
        self.key = lab.key_of(self.taker)
        time.sleep(4)  # the path may still become a better one and leave libnice, and packets larger

    def start(self, name, *words):
        peer = lab.Peer(name, [self.homes.cli, *words], str(self.homes.folder / f"{name}.log"), self.homes.env(name))
        self.homes.peers.append(peer)
        return peer

    def give(self, path):
        """(seconds, what each side spent by thread)."""
        ends = (self.giver, self.taker)
        before = [threads(end.process.pid) for end in ends]
        mark, begin = self.giver.mark(), time.monotonic()
        number = self.giver.command("give", contact=self.key, paths=[path])["transfers"][0]
        when, _ = self.giver.wait("file-state", 300, since=mark, transfer=number, state="done")
        after = [threads(end.process.pid) for end in ends]
        return when - begin, [{name: a[name] - b.get(name, 0) for name in a} for a, b in zip(after, before)]


def run(pair, name, size, folder):
    path = f"{folder}/{name}-{time.monotonic_ns()}"
    fill(path, size)
    seconds, spent = pair.give(path)
    subprocess.run(["rm", "-r", path, pair.taken], check=True)
    sides = [sum(side.values()) for side in spent]
    found = {"bench": "cost", "case": name, "MB": (size or SMALL * SMALL) // MB, "seconds": round(seconds, 3)}
    for side, threads_, total in zip(("giving", "taking"), spent, sides):
        found[side] = round(total, 3)
        found[f"{side}_engine"] = round(threads_.get("hark-engine", 0), 3)
        found[f"{side}_disk"] = round(threads_.get("hark-disk", 0), 3)
    found["MB/s a core a side"] = round(found["MB"] / max(sides))
    return found


def run_tox(program, size):
    """As run() tells it; None where they did not find each other."""
    taker = subprocess.Popen([program, "take"], stdout=subprocess.PIPE, text=True)
    place = taker.stdout.readline().split()
    giver = subprocess.Popen([program, "give", "127.0.0.1", *place, str(size), "150"], stdout=subprocess.PIPE, text=True)
    told = giver.stdout.read().split()
    if not told:
        taker.kill()
    spent = []
    for end in (giver, taker):
        _, status, usage = os.wait4(end.pid, 0)
        end.returncode = os.waitstatus_to_exitcode(status)
        spent.append(usage.ru_utime + usage.ru_stime)
    if giver.returncode or taker.returncode or int(told[1]) < size:
        return None
    return {"bench": "cost", "case": "toxcore", "MB": size // MB, "seconds": float(told[0]), "giving": round(spent[0], 3),
            "taking": round(spent[1], 3), "MB/s a core a side": round(size / MB / max(spent))}


def option(words, name, other):
    """Its value, which is taken out of the words with it."""
    if name not in words:
        return other
    at = words.index(name)
    _, value = words[at:at + 2]
    del words[at:at + 2]
    return value


def best_of(rounds):
    return {key: (max if key.startswith("MB/s") else min)(found[key] for found in rounds)
            for key, value in rounds[0].items() if not isinstance(value, str)}


def medians_of(rounds):
    return {key: round(statistics.median(found[key] for found in rounds), 3)
            for key, value in rounds[0].items() if not isinstance(value, str)}


def main():
    words = sys.argv[1:]
    rounds = int(option(words, "--rounds", "3"))
    place = option(words, "--folder", "/dev/shm")
    chosen = [word for word in words[1:] if word in CASES] or list(CASES)
    tox = pathlib.Path(words[0]).absolute().parent.parent / "tests/bench-tox"
    if not tox.exists():
        chosen = [name for name in chosen if name != "toxcore"]
    all_found = {}
    with tempfile.TemporaryDirectory(prefix="hark-bench-", dir=place) as folder:
        pairs = {}
        try:
            for plain in {CASES[name][0] for name in chosen} - {None}:
                os.mkdir(f"{folder}/{plain}")
                pairs[plain] = Pair(os.path.abspath(words[0]), f"{folder}/{plain}", plain)
            for _ in range(rounds):
                for name in chosen:
                    plain, size = CASES[name]
                    found = run_tox(str(tox), size) if plain is None else run(pairs[plain], name, size, folder)
                    if found is None:
                        continue
                    print(json.dumps({**found, "load": round(os.getloadavg()[0], 1)}), flush=True)
                    all_found.setdefault(name, []).append(found)
        finally:
            for pair in pairs.values():
                pair.homes.stop()
    for name, found in all_found.items():
        print(json.dumps({"bench": "cost", "best of": len(found), "case": name, **best_of(found)}))
        print(json.dumps({"bench": "cost", "medians of": len(found), "case": name, **medians_of(found)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
