#!/usr/bin/env python3
"""test-pulse-call.py HARK-CLI [--keep DIRECTORY] - a call through real sound servers, with a microphone and an ear.

Two private PulseAudio servers (audiolab) and two engines on loopback. Speech goes into the first's microphone and is
looked for at the second's speaker (mouth2ear, speechscore): delay and score are printed, only that the speech arrives
is checked. After hanging up, no microphone is open. A server that dies in mid-call ends neither the call nor the
sound once it is back.

Skipped (77) where PulseAudio, a C compiler with libpulse, or numpy and scipy are missing. --keep leaves what was played
and heard in DIRECTORY.
"""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import soundcall  # noqa: E402 (found through the line above)
from soundcall import check, lab  # noqa: E402


class PulseCall(soundcall.Call):
    def run(self, keep):
        self.meet()
        self.dial()
        time.sleep(0.5)
        self.listen("through two sound servers", 6, keep / "call")
        self.figures()
        self.hang_up()

        self.dial()
        time.sleep(1)
        lab("stop", 2)
        time.sleep(2)
        check(self.goes_on(), "the call goes on without Bob's sound server")
        lab("start", 2)
        time.sleep(3)
        self.listen("when it is back", 6, keep / "back")
        check(self.goes_on(), "the call is still the same")
        self.figures()
        self.hang_up()


if __name__ == "__main__":
    sys.exit(soundcall.main(sys.argv[1:], PulseCall))
