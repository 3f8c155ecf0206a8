#!/usr/bin/env python3
"""test-call-devices.py HARK-CLI [--pipewire] - devices that come and go in a call, and no echo of oneself.

Two engines with private PulseAudio servers. Bob chooses a headset in mid-call; it is unplugged, plugged in again, and
his server dies: the call goes on, each time on what there is. Who follows the default does so. Then his loudspeaker is
looped into his microphone (50 ms, -6 dB) and Alice speaks: with the canceller on she hears 20 dB less of herself than
with it switched off, in the same call.

--pipewire: headset and server alone, with PipeWire; in the end a stream of its own protocol plays where Hark was built
with it, and the speech that is sent arrives.

Skipped (77) where PulseAudio, a C compiler with libpulse, or numpy and scipy are missing.
"""
import array
import math
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import soundcall  # noqa: E402 (found through the line above)
from soundcall import check, lab, lab_env  # noqa: E402

QUIETER_DB = 20
RATE = 48000


def playing_at(n):
    """The names of the sinks that programs, not modules, play to."""
    sinks = dict(line.split("\t")[:2] for line in lab("pactl", n, "list", "short", "sinks").splitlines())
    inputs = [line.split("\t") for line in lab("pactl", n, "list", "short", "sink-inputs").splitlines()]
    return [sinks.get(words[1]) for words in inputs if words[2] != "-"]


def knows_pipewire(cli):
    """Whether Hark was built with it."""
    library = pathlib.Path(cli).parent / "libhark-private.so"
    return b"pw_stream_connect" in (library if library.exists() else pathlib.Path(cli)).read_bytes()


def by_pulse(n):
    """Whether what plays for Hark came by PulseAudio's protocol."""
    streams = lab("pactl", n, "list", "sink-inputs").split("Sink Input #")
    return any('application.name = "Hark"' in one and 'client.api = "pipewire-pulse"' in one for one in streams)


def until(what, test, seconds=10):
    deadline = time.monotonic() + seconds
    while not (ok := test()) and time.monotonic() < deadline:
        time.sleep(0.1)
    check(ok, what)


def has(event, name):
    return any(one["device"] == name for one in event["devices"])


class Devices(soundcall.Call):
    def names(self, wanted, there):
        """Waits until Bob is told that a device is there, or is not."""
        until(f"Bob is told that {wanted} is {'there' if there else 'gone'}",
              lambda: has([event for _, event in self.bob.seen("devices", since=self.mark)][-1], wanted) == there
              if self.bob.seen("devices", since=self.mark) else False)

    def headset(self):
        listed = self.bob.command("devices")
        check(has(listed, "pulse:mic") and has(listed, "pulse:speaker") and not has(listed, "pulse:headset"),
              "the list has a microphone and a speaker")
        check([one["device"] for one in listed["devices"] if one["default"]] == ["pulse:mic", "pulse:speaker"],
              "and says which are the default")
        self.mark = self.bob.mark()
        lab("plug", 2)
        self.names("pulse:headset", True)
        self.bob.command("device", speaker="pulse:headset", mic="pulse:headset_mic")
        until("chosen in mid-call, the headset plays", lambda: playing_at(2) == ["headset"])
        for device in ("", ":headset") * 5:  # streams are taken down while their threads play
            self.bob.command("device", speaker="pulse" + device)
        until("changed ten times at once, the headset plays", lambda: playing_at(2) == ["headset"])
        lab("unplug", 2)
        self.names("pulse:headset", False)
        until("unplugged, the loudspeaker plays", lambda: playing_at(2) == ["speaker"])
        lab("plug", 2)
        until("plugged in again, the headset plays", lambda: playing_at(2) == ["headset"])
        self.mark = self.bob.mark()
        lab("stop", 2)
        until("Bob is told that the sound server is gone",
              lambda: any("reason" in event for _, event in self.bob.seen("devices", since=self.mark)))
        lab("start", 2)
        until("back, it plays without the headset", lambda: playing_at(2) == ["speaker"])
        check(self.goes_on(), "the call goes on through all that")
        self.bob.command("device", speaker="pulse", mic="pulse")

    def follow(self):
        lab("plug", 1)
        lab("pactl", 1, "set-default-sink", "headset")
        until("who chose nothing follows the default", lambda: playing_at(1) == ["headset"])
        lab("pactl", 1, "set-default-sink", "speaker")
        until("and back", lambda: playing_at(1) == ["speaker"])
        lab("unplug", 1)

    def loudness(self, seconds=6, skipped=3, listener=1):
        """How loud Alice's ear is, or Bob's (2), in dB of full scale, while she speaks; the first seconds do not count."""
        voice = subprocess.Popen(["paplay", "--device=mouth", str(HERE / "speech.wav")], env={**self.env, **lab_env(1)})
        ear = subprocess.Popen(["parec", "--device=speaker.monitor", "--format=s16le", f"--rate={RATE}", "--channels=1",
                                "--latency-msec=20"], env={**self.env, **lab_env(listener)}, stdout=subprocess.PIPE)
        wanted = seconds * RATE * 2
        heard = array.array("h", ear.stdout.read(wanted))[skipped * RATE:]
        for process in (ear, voice):
            process.terminate()
            process.wait()
        power = sum(x * x for x in heard) / max(1, len(heard))
        return 10 * math.log10(power / 32768**2 + 1e-10)

    def echo(self):
        lab("pactl", 2, "load-module", "module-loopback", "source=speaker.monitor", "sink=mouth", "latency_msec=50",
            "sink_input_properties=media.name=room")
        line = [words for words in (line.split("\t") for line in
                                    lab("pactl", 2, "list", "short", "sink-inputs").splitlines()) if words[2] == "-"]
        lab("pactl", 2, "set-sink-input-volume", line[-1][0], "-6dB")
        clean = self.loudness()
        self.bob.command("device", echo=False, noise=False, gain=False)
        echo = self.loudness()
        print(f"       Alice hears herself at {clean:.1f} dB with the canceller, at {echo:.1f} dB without", flush=True)
        check(echo > -50, "without the canceller there is an echo")
        check(echo - clean >= QUIETER_DB, f"with it at least {QUIETER_DB} dB less")
        self.bob.command("device", echo=True, noise=True, gain=True)

    def verb(self, *words):
        done = subprocess.run([self.cli, *words, "--profile", str(self.folder / "Bob")], env=self.env,
                              capture_output=True, text=True)
        check(done.returncode == 0, f"hark-cli {' '.join(words)}")
        return done.stdout

    def verbs(self):
        check("pulse:speaker" in self.verb("devices"), "which lists the loudspeaker")
        check("noise      off" in self.verb("device", "noise", "off"), "which says so")
        mark = self.alice.mark()
        self.verb("hold")
        self.alice.wait("call", 10, since=mark, state="held")
        mark = self.alice.mark()
        self.verb("swap")
        self.alice.wait("call", 10, since=mark, state="active")
        mark = self.bob.mark()
        self.verb("ptt", "up")
        self.bob.wait("call", 10, since=mark, muted=True)
        self.verb("ptt", "down")
        self.bob.wait("call", 10, since=mark, muted=False)
        self.verb("device", "noise", "on")
        check("low_delay  on" in self.verb("device", "low_delay", "on"), "half as much sound ahead from now on")

    def run(self, keep):
        self.meet()
        self.dial()
        self.headset()
        self.follow()
        self.echo()
        self.verbs()
        self.hang_up()
        kept = self.bob.command("devices")
        check(kept["mic"] == "pulse" and kept["echo"] and kept["gain"] and kept["low_delay"], "what was chosen last is kept")


class PipewireDevices(Devices):
    def run(self, keep):
        self.meet()
        self.dial()
        self.headset()
        if knows_pipewire(self.cli):
            check(not by_pulse(1) and not by_pulse(2), "the streams are PipeWire's own")
        loud = self.loudness(2, 1, listener=2)
        check(loud > -50, f"Bob hears Alice, at {loud:.1f} dB")
        self.hang_up()


if __name__ == "__main__":
    sys.exit(soundcall.main(sys.argv[1:], PipewireDevices if "--pipewire" in sys.argv else Devices))
