#!/usr/bin/env python3
"""bench-call.py HARK-CLI [--pipewire] [--toxav-first] - a whole call through real sound servers: from mouth to ear, and what it costs.

Two engines on loopback, each with a private PulseAudio server (tests/lab/audiolab). Chirps go into the first's microphone
and are looked for at the second's speaker. A JSON line each: {"bench":"call", "what", "ms": median from mouth to ear,
"p95_ms", "real_ms": with the microphone's own block, "told_ms": what the engine that hears them estimates, to be compared
with real_ms, "found": share of the chirps, "cpu_percent": of one core, all threads
of the engine that costs more (microphone, canceller, network, playout), "load"}. "what" is

    loop 10/20, loop 5/10   microphone, Opus and speaker in one process with these buffers: what no call can be below
    usual                   a call as it is
    low delay               after `device low_delay on`
    toxav                   a call of toxcore with our sound devices, where libtoxcore is installed

The median of three runs of each. --pipewire: with PipeWire's servers instead; the loops and toxav go through
pipewire-pulse there. --toxav-first: toxcore's call before ours instead of after. Skipped (77) where PulseAudio, a C compiler with libpulse, or numpy and scipy are missing.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

LAB = pathlib.Path(__file__).resolve().parent.parent / "lab"
sys.path.insert(0, str(LAB))

import soundcall  # noqa: E402 (found through the line above)

RUNS, SECONDS = 3, 8
SETTLE = 8  # seconds after devices were opened anew


def tell(what, heard, costs, told=()):
    """@heard: what mouth2ear found, a run each."""
    found = {"bench": "call", "what": what}
    for name, field in (("ms", "median"), ("p95_ms", "p95"), ("real_ms", "real_mean")):
        found[name] = round(statistics.median(run.get(field, float("nan")) for run in heard), 1)
    found["found"] = round(statistics.median(run["matched"] / max(1, run["windows"]) for run in heard), 2)
    if told:
        found["told_ms"] = round(statistics.median(told), 1)
    if costs:
        found["cpu_percent"] = round(statistics.median(costs), 1)
    found["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(found), flush=True)


def listen(*more):
    done = subprocess.run([str(LAB / "mouth2ear"), "--json", "--seconds", str(SECONDS), *more], capture_output=True,
                          text=True)
    return json.loads(done.stdout) if done.stdout.strip() else {"matched": 0, "windows": 0}


class Bench(soundcall.Call):
    def measure(self, ends, *ways):
        """@ways: pairs of a name and what to do first. By turns, so that what else the machine does hits all alike."""
        heard, costs, told = ({name: [] for name, _ in ways} for _ in range(3))
        for _ in range(RUNS):
            for name, prepare in ways:
                prepare()
                time.sleep(2)
                before, at = [end.cpu_seconds() for end in ends], time.monotonic()
                mark = ends[-1].mark()
                heard[name].append(listen())
                span = time.monotonic() - at
                told[name] += [event["delay_ms"] for _, event in ends[-1].seen("call-stats", since=mark)]
                costs[name].append(max(100 * (end.cpu_seconds() - b) / span for end, b in zip(ends, before)))
        for name, _ in ways:
            tell(name, heard[name], costs[name], told[name])

    def low_delay(self, on):
        for peer in (self.alice, self.bob):
            peer.command("device", low_delay=on)
        time.sleep(SETTLE)

    def tox_end(self, name, n, *arguments):
        program = pathlib.Path(self.cli).parent.parent / "tests" / "bench-toxav"
        if not program.exists():
            return None
        peer = soundcall.Peer(name, [str(program), *arguments], str(self.folder / f"{name}.log"),
                              {**self.env, **soundcall.lab_env(n)})
        self.peers.append(peer)
        return peer

    def toxav(self):
        answers = self.tox_end("answers", 2, "answer")
        if not answers:
            return
        where = answers.wait("ready", 20)[1]
        calls = self.tox_end("calls", 1, "call", "127.0.0.1", str(where["port"]), where["key"], where["address"])
        for end in (calls, answers):
            end.wait("active", 60)
        self.measure([calls, answers], ("toxav", lambda: None))
        for end in (calls, answers):  # two calls at once would share the microphones
            self.peers.remove(end)
            end.stop(timeout=5)

    def run(self, keep):
        if "--toxav-first" in sys.argv:
            self.toxav()
        for name, loop in (("10/20", "-f 10 -L 20"), ("5/10", "-f 5 -L 10")):
            loop += " -c opus -F 10 -a lowdelay"
            tell(f"loop {name}", [listen("--floor", f"--loop={loop}") for _ in range(RUNS)], [])
        self.meet()
        self.dial()
        self.measure([self.alice, self.bob], ("usual", lambda: self.low_delay(False)),
                     ("low delay", lambda: self.low_delay(True)))
        self.hang_up()
        if "--toxav-first" not in sys.argv:
            self.toxav()


if __name__ == "__main__":
    sys.exit(soundcall.main(sys.argv[1:], Bench))
