#!/usr/bin/env python3
"""test-words.py HARK-CLI [CASE...] [--long] [--keep] - files are handed over by four words, to somebody who is no contact.

Cases, each in a lab of its own: lan (one switch, no DHT, no router), dht (two homes behind port-restricted NATs). A
file, a folder and standard input go; with a wrong word nothing goes, and both sides are told. Nobody has an account.
Prints a JSON line of figures for each. Skipped (77) without root or network namespaces.
"""
import json
import os
import subprocess
import sys
import time

import homes as lab
from homes import check, on

WAIT = 60


class Run:
    """hark-cli once, on a host."""

    def __init__(self, homes, name, host, *arguments, input=None):
        self.out = open(homes.folder / f"{name}.out", "wb")
        self.err = open(homes.folder / f"{name}.err", "wb")
        source = open(input, "rb") if input else subprocess.DEVNULL
        self.process = subprocess.Popen(on(host, homes.cli, *arguments), stdin=source, stdout=self.out, stderr=self.err,
                                        env=homes.env(name), cwd=homes.folder)

    def words(self):
        """What the giver prints."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end and self.process.poll() is None:
            text = open(self.out.name).read()
            if text.endswith("\n"):
                return text.strip()
            time.sleep(0.02)
        raise ValueError("the giver said no words: " + self.said())

    def end(self):
        """(exit code, what it said)."""
        try:
            return self.process.wait(WAIT), self.said()
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None, self.said()

    def said(self):
        return open(self.err.name, errors="replace").read()


def same(one, other):
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def leftovers():
    """Folders of handovers that are over."""
    return {name for name in os.listdir("/tmp") if name.startswith("hark-handover-")}


def hand_over(homes, what, options):
    """A file and a folder."""
    before = leftovers()
    (homes.folder / "tree" / "deep").mkdir(parents=True)
    (homes.folder / "tree" / "deep" / "leaf").write_bytes(b"green")
    (homes.folder / "picture.raw").write_bytes(os.urandom(2_000_000))
    (homes.folder / "in").mkdir()
    give = Run(homes, "giver", "a", "give", "--words", "picture.raw", "tree", *options)
    words = give.words()
    begin = time.monotonic()
    take = Run(homes, "taker", "b", "take", words.upper().replace("-", " "), "--to", "in", *options)
    code, said = take.end()
    seconds = time.monotonic() - begin
    check(code == 0, f"{what}: taken {seconds:.1f} s after the words were typed" + ("" if code == 0 else f": {said}"))
    check(give.end()[0] == 0, "the giver knows that it arrived")
    check(same(homes.folder / "in/picture.raw", homes.folder / "picture.raw")
          and same(homes.folder / "in/tree/deep/leaf", homes.folder / "tree/deep/leaf"), "and it is what was given")
    check(leftovers() == before, "nothing of the two accounts is left")
    return seconds


def pipe(homes, options):
    """Standard input to standard output."""
    give = Run(homes, "giver-pipe", "a", "give", "--words", "-", "--name", "notes", *options,
               input=homes.folder / "picture.raw")
    take = Run(homes, "taker-pipe", "b", "take", give.words(), "--stdout", *options)
    check(take.end()[0] == 0 and give.end()[0] == 0 and same(homes.folder / "taker-pipe.out", homes.folder / "picture.raw"),
          "standard input comes out at standard output")


def wrong(homes, options):
    """The last word is another."""
    give = Run(homes, "giver-wrong", "a", "give", "--words", "picture.raw", *options)
    words = give.words().split("-")
    words[3] = "zebra" if words[3] != "zebra" else "zero"
    (homes.folder / "none").mkdir()
    take = Run(homes, "taker-wrong", "b", "take", "-".join(words), "--to", "none", *options)
    code, said = take.end()
    check(code == 1 and "not the giver's words" in said, f"who has a wrong word is told: {said.splitlines()[-1:]}")
    code, said = give.end()
    check(code == 1 and "with other words" in said, f"and so is the giver, whose words are burnt: {said.splitlines()[-1:]}")
    check(not list((homes.folder / "none").iterdir()), "nothing went")


def node(homes, options):
    """A new mailbox node shows words: others after a wrong guess, and never for files."""
    node = Run(homes, "keeper", "a", "--profile", homes.folder / "keeper", "node", "--mailbox", *options)
    burnt = last_words(node, None)
    wrong_words = "-".join(burnt.split("-")[:2] + ["zoo", "zoo"])
    check(Run(homes, "guesser", "b", "take", wrong_words, *options).end()[0] == 1, "a wrong guess at a node's words")
    shown = last_words(node, burnt)
    (homes.folder / "nothing").mkdir()
    code, said = Run(homes, "taker-node", "b", "take", shown, "--to", "nothing", *options).end()
    check(code == 1 and "mailbox node's" in said, f"who takes files by a node's words is told: {said.splitlines()[-1:]}")
    check(not list((homes.folder / "nothing").iterdir()), "and has taken nothing")
    node.process.terminate()
    check(node.end()[0] == 0, "the node ends when told to")


def last_words(node, before):
    """Of a node, once they are others than @before."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        shown = [line.split(": ")[1] for line in open(node.out.name).read().splitlines() if line.startswith("Words")]
        if shown and shown[-1] != before:
            return shown[-1]
        time.sleep(0.05)
    raise ValueError("the node shows no words: " + node.said())


def lan(homes, _):
    """One switch: found by beacons."""
    options = ["--no-dht"]
    seconds = hand_over(homes, "over a switch", options)
    pipe(homes, options)
    wrong(homes, options)
    node(homes, options)
    print(json.dumps({"words": "lan", "taken_s": round(seconds, 2)}), flush=True)


def dht(homes, words):
    """Two homes behind NATs, and a DHT of two nodes."""
    places = homes.nodes(["pub1", "pub2"])
    options = [word for place in places for word in ("--bootstrap", place)]
    seconds = hand_over(homes, "through two NATs", options)
    if lab.is_long(words):
        wrong(homes, options)
    print(json.dumps({"words": "dht", "taken_s": round(seconds, 2)}), flush=True)


CASES = {
    "lan": ("lan-only", [], lan, True),
    "dht": ("port-restricted+port-restricted", ["--link-a", "delay=5ms", "--link-b", "delay=5ms"], dht, True),
}

if __name__ == "__main__":
    sys.exit(lab.run_cases(__file__, CASES, sys.argv[1:]))
