#!/usr/bin/env python3
"""test-sound-windows.py HARK HARK-CLI [--keep] [--shots DIR] - two people at their windows call each other through sound cards.

Each has a private PulseAudio server (tests/lab/audiolab) with a microphone and a speaker, which the window finds by itself.
Speech goes into Alice's microphone and is looked for at Bob's speaker (mouth2ear), then while she is muted, and then the other
way of a call that is held and taken back. No microphone is open after it. Skipped (77) without the packages of tests/packages.
"""
import os
import sys
import tempfile

import windows
from windows import HERE, Screen, at_once, befriend, begin, check, wait_for

sys.path.insert(0, str(HERE.parent / "lab"))

import soundcall  # noqa: E402 (found through the line above)


class Sounding(Screen):
    """With a sound server of its own."""

    def up(self, program, bootstrap):
        self.lab("up", "1000x720")
        self.words_of_start = [program, "--bind", "127.0.0.1", "--bootstrap", bootstrap]
        self.start()

    def start(self):
        server = [f"{name}={value}" for name, value in soundcall.lab_env(1 if self.name == "alice" else 2).items()]
        self.lab("run", "env", *server, *self.words_of_start)


def listen(alice, what):
    soundcall.Call.listen(None, what, 6, alice.folder / "heard")


def call(alice, bob):
    alice.click("push button", "Call Bob")
    bob.click("push button", "Answer")
    for screen, other in ((alice, "Bob"), (bob, "Alice")):
        screen.see("label", f"/^{other}, 0:0/")
        screen.see("label", "/connection: .* round trip/")
    alice.shot("call")
    listen(alice, "from Alice's microphone to Bob's speaker")
    alice.click("push button", "Put the call on hold")
    bob.see("label", "/hold/")
    wait_for(lambda: not soundcall.open_microphones(1), "Alice's microphone is closed while the call is on hold")
    alice.click("push button", "Take the call back")
    alice.see("label", "/^Bob, 0:/")
    wait_for(lambda: soundcall.open_microphones(1), "and open after it")
    listen(alice, "the same after the call was held")
    bob.click("push button", "Hang Up")
    alice.gone("push button", "Hang Up")
    wait_for(lambda: not soundcall.open_microphones(1) + soundcall.open_microphones(2), "no microphone is open", 5)
    check(True, "two windows in a call through sound cards; no microphone is open after it")


def run(screens, port, program, cli):
    alice, bob = screens
    at_once(lambda screen: screen.up(program, f"127.0.0.1:{port}"), screens)
    at_once(begin, screens)
    befriend(alice, bob)
    for screen, there in ((alice, "Bob"), (bob, "Alice")):
        screen.click("list item", f"/^{there},/")
    call(alice, bob)


def main(arguments):
    if reason := soundcall.why_not("pulse"):
        print(f"skipped: {reason}")
        return 77
    with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
        os.environ["AUDIOLAB_DIR"] = f"{folder}/audiolab"
        soundcall.lab("up", 2, "pulse")
        try:
            status = windows.play(arguments, ("alice", "bob"), run, Sounding)
        finally:
            soundcall.lab("down")
    return status or int(soundcall.failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
