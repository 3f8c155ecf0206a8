#!/usr/bin/env python3
"""test-group-call.py HARK-CLI - a call of a group on this computer: everybody hears everybody else, and not themselves.

Three people (four with HARK_LONG=1) each speak a tone of their own from a WAV file and record what they hear. Says what
a person costs of a processor.
"""
import array
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import wave

from homes import Peer, befriend, check
import homes

RATE, THINNED = 48000, 8000
TONES = {"Alice": 500, "Bob": 800, "Carol": 1250, "Dave": 1900}
TALK = 3  # s


def write_tone(path, hertz):
    samples = array.array("h", (int(6000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


def share(samples, hertz):
    """How much of the sound is that tone: its power against all of it."""
    c = sum(sample * math.cos(2 * math.pi * hertz * i / THINNED) for i, sample in enumerate(samples))
    s = sum(sample * math.sin(2 * math.pi * hertz * i / THINNED) for i, sample in enumerate(samples))
    power = sum(sample * sample for sample in samples)
    return 2 * (c * c + s * s) / len(samples) / power if power else 0


def fullest_part(path, others):
    """The shares of all tones in the quarter of a second in which the weakest of the others' is strongest."""
    with wave.open(str(path)) as heard:
        samples = array.array("h", heard.readframes(heard.getnframes()))[::RATE // THINNED]
    step = THINNED // 4
    parts = [{name: share(samples[at:at + step], TONES[name]) for name in TONES}
             for at in range(0, len(samples) - step, step)]
    return max(parts, key=lambda part: min(part[name] for name in others))


class Scenario:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.peers = cli, pathlib.Path(folder), []

    def start(self, name, *arguments):
        run = self.folder / f"{name}-run"
        run.mkdir(mode=0o700)
        peer = Peer(name, [self.cli, *arguments], str(self.folder / f"{name}.log"),
                    {**os.environ, "XDG_RUNTIME_DIR": str(run)})
        self.peers.append(peer)
        return peer

    def engine(self, name, bootstrap):
        profile = str(self.folder / name)
        write_tone(self.folder / f"{name}-says.wav", TONES[name])
        subprocess.run([self.cli, "--profile", profile, "init", "--name", name, "--no-passphrase", "--quiet-words"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peer = self.start(name, "--profile", profile, "run", "--json", "--port", "0", "--bind", "127.0.0.1",
                          "--bootstrap", bootstrap, "--mic", f"wav-loop:{self.folder}/{name}-says.wav", "--speaker",
                          f"wav:{self.folder}/{name}-hears.wav")
        peer.key = peer.wait("ready", 30)[1]["account"]
        return peer


def wait_heard(peer, group, others, since=0):
    """Until `peer` is in the call and hears exactly `others`."""
    wanted = {other.key for other in others}
    while True:
        mark = peer.mark()
        for _, event in peer.seen("group-call", since, group=group, state="joined"):
            heard = {person["contact"] for person in event.get("people", []) if person["hearing"] == "heard"}
            if heard == wanted:
                return
        if peer.mark() == mark:
            peer.wait("group-call", 60, since=mark, group=group)


def bring_in(group, asker, who):
    mark = who.mark()
    asker.command("group-add", group=group, contact=who.key)
    who.wait("group", 60, since=mark, group=group, state="offered")
    who.command("group-accept", group=group)


def wait_joined(peer, group, n):
    while True:
        mark = peer.mark()
        if any(event["joined"] == n and event["state"] == "joined" for _, event in peer.seen("group", 0, group=group)):
            return
        if peer.mark() == mark:
            peer.wait("group", 60, since=mark, group=group)


def live(scenario):
    node = scenario.start("node", "node", "--json", "--port", "0", "--bind", "127.0.0.1")
    bootstrap = f"127.0.0.1:{node.wait('ready', 30)[1]['port']}"
    names = list(TONES)[:4 if os.environ.get("HARK_LONG") else 3]
    people = [scenario.engine(name, bootstrap) for name in names]
    for i, person in enumerate(people):
        for other in people[i + 1:]:
            befriend(person, other)
    group = people[0].command("group-create", name="Friends")["group"]
    for person in people[1:]:
        bring_in(group, people[0], person)
    for person in people:
        wait_joined(person, group, len(people))

    people[0].command("group-call", group=group)
    for person in people[1:]:
        event = person.wait("group-call", 60, group=group, state="on")[1]
        check(event["rings"], f"it rings at {person.name}'s")
        person.command("group-call-join", group=group)
    for person in people:
        wait_heard(person, group, [other for other in people if other is not person])
    before, at = [person.cpu_seconds() for person in people], time.monotonic()
    time.sleep(TALK)  # they talk
    span = time.monotonic() - at
    costs = [(person.cpu_seconds() - b) / span * 100 for person, b in zip(people, before)]
    levels = people[0].seen("group-levels", 0, group=group)
    check(any(len(event["people"]) == len(people) and all(person["speaking"] for person in event["people"])
              for _, event in levels), "everybody is seen to speak")
    for person in people:
        person.command("group-call-leave", group=group)
        person.wait("group-call", 30, since=0, group=group, state="on" if person is not people[-1] else "over")
    for person in people:
        others = [name for name in names if name != person.name]
        heard = fullest_part(scenario.folder / f"{person.name}-hears.wav", others)
        for name in names:
            part = heard[name]
            if name == person.name:
                check(part < 0.01, f"{person.name} does not hear themselves ({part:.3f})")
            else:
                check(part > 0.5 / len(names), f"{person.name} hears {name} ({part:.2f})")
    print(f"a person costs {max(costs):.1f} % of a processor at most, {sum(costs) / len(costs):.1f} % on average, "
          f"with {len(people)} in the call (load {os.getloadavg()[0]:.0f})", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(sys.argv[1], folder)
        try:
            live(scenario)
        finally:
            for peer in scenario.peers:
                peer.stop()
    sys.exit(1 if homes.failures else 0)


if __name__ == "__main__":
    main()
