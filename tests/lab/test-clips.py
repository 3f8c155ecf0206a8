#!/usr/bin/env python3
"""test-clips.py HARK-CLI - a voice message from one microphone to another speaker.

Two engines on loopback whose microphone and speaker are WAV files. Alice speaks with "hark-cli clip record", the
microphone is closed when it is sent, Bob plays it with "hark-cli clip play": the speech is found in what his speaker
played. It is also saved, counted as heard, and stays so; what Alice throws away does not come.
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

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "app"))

from peer import Peer, PeerError  # noqa: E402 (found through the line above)

FRAME_MS = 40
SPOKEN_S = 2.5
ALIKE_MIN = 0.8
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


def loudness(path):
    """Of each 40 ms of a WAV file, in dB above the floor; what is quieter counts as silence."""
    with wave.open(str(path)) as file:
        step = file.getframerate() * FRAME_MS // 1000 * file.getnchannels()
        samples = array.array("h", file.readframes(file.getnframes()))
    frames = [samples[i:i + step] for i in range(0, len(samples) - step, step)]
    return [max(0.0, 10 * math.log10(sum(x * x for x in frame) / len(frame) + 1) - 30) for frame in frames]


def likeness(a, b):
    n = len(a)
    mean_a, mean_b = sum(a) / n, sum(b) / n
    top = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    under = math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return top / under if under else 0.0


def best_likeness(heard, spoken):
    """Of the middle of what was heard, wherever it lies in what was spoken, which goes round."""
    loud = [i for i, level in enumerate(heard) if level > 0]
    heard = heard[loud[0] + 2:loud[-1] - 2] if loud else []
    if len(heard) < 1000 // FRAME_MS:
        return 0.0
    around = spoken + spoken
    return max(likeness(heard, around[at:at + len(heard)]) for at in range(len(spoken)))


class Clips:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.peers = cli, pathlib.Path(folder), []
        run = self.folder / "run"
        run.mkdir(mode=0o700)
        self.env = {**os.environ, "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(self.folder / "data")}

    def start(self, name, *arguments):
        peer = Peer(name, [self.cli, *arguments], str(self.folder / f"{name}.log"), self.env)
        self.peers.append(peer)
        return peer

    def profile(self, name):
        return str(self.folder / name)

    def engine(self, name, bootstrap, mic, speaker):
        subprocess.run([self.cli, "--profile", self.profile(name), "init", "--name", name, "--no-passphrase",
                        "--quiet-words"], env=self.env, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return self.start(name, "--profile", self.profile(name), "run", "--json", "--port", "0", "--bind",
                          "127.0.0.1", "--bootstrap", bootstrap, "--auto-accept-requests", "--mic", mic, "--speaker",
                          speaker)

    def verb(self, name, *arguments, **more):
        return subprocess.run([self.cli, "--profile", self.profile(name), *arguments], env=self.env, timeout=60,
                              capture_output=True, text=True, **more)

    def meet(self):
        node = self.start("node", "node", "--json", "--port", "0", "--bind", "127.0.0.1")
        bootstrap = f"127.0.0.1:{node.wait('ready', 15)[1]['port']}"
        self.alice = self.engine("Alice", bootstrap, f"wav-loop:{HERE / 'speech.wav'}", "none")
        self.bob = self.engine("Bob", bootstrap, "none", f"wav:{self.folder / 'ear.wav'}")
        keys = [peer.wait("ready", 15)[1]["account"] for peer in (self.alice, self.bob)]
        self.alice.command("add", address=self.bob.command("address")["address"], text="It is me.", name="Bob")
        self.alice.wait("contact", 60, contact=keys[1], state="online")
        self.bob.wait("contact", 60, contact=keys[0], state="online")
        self.keys = keys

    def kill_recorder(self):
        """Nobody is there any more who could stop it, so it stops by itself."""
        mark = self.alice.mark()
        verb = subprocess.Popen([self.cli, "--profile", self.profile("Alice"), "clip", "record", "Bob"], env=self.env,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.alice.wait("recording", 20, since=mark, state="on")
        verb.kill()
        verb.wait(timeout=20)
        self.alice.wait("recording", 20, since=mark, state="over")
        check(True, "the microphone is closed when the one who records is killed")

    def speak(self):
        """The verb while it is recording, and what its input is."""
        mark = self.alice.mark()
        verb = subprocess.Popen([self.cli, "--profile", self.profile("Alice"), "clip", "record", "Bob"], env=self.env,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.alice.wait("recording", 20, since=mark, state="on")
        deadline = time.monotonic() + 60
        while self.alice.seen("recording", since=mark)[-1][1]["length_ms"] < SPOKEN_S * 1000:
            if time.monotonic() > deadline:
                raise PeerError("nothing comes from the microphone")
            time.sleep(0.1)
        return mark, verb

    def run(self):
        self.meet()
        self.kill_recorder()
        mark, verb = self.speak()
        verb.terminate()
        verb.wait(timeout=20)  # its input is still open: the end of that would send it
        verb.communicate()
        over = self.alice.wait("recording", 20, since=mark, state="over")[1]
        check(not over.get("reason"), "what is broken off is over")

        mark, verb = self.speak()
        heard = self.bob.mark()
        _, complaint = verb.communicate("\n", timeout=60)
        check(verb.returncode == 0, f"what was spoken is delivered {complaint}")
        self.alice.wait("recording", 20, since=mark, state="over")
        message = self.bob.wait("message", 30, since=heard, type="clip")[1]
        check(SPOKEN_S * 1000 <= message["length_ms"] < 15000 and not message["heard"],
              f"one voice message came, {message['length_ms']} ms, not heard yet")
        self.hear(message)

    def hear(self, message):
        mark = self.bob.mark()
        done = self.verb("Bob", "clip", "play", "Alice", message["id"], stdin=subprocess.DEVNULL)
        check(done.returncode == 0, f"it is played to its end {done.stderr}")
        over = self.bob.wait("playing", 20, since=mark, state="over")[1]  # the verb may have read it before us
        check(over["at_ms"] == message["length_ms"], f"and the events say where, {over['at_ms']} ms")
        alike = best_likeness(loudness(self.folder / "ear.wav"), loudness(HERE / "speech.wav"))
        check(alike >= ALIKE_MIN, f"the speech is found again: {alike:.2f}")
        peaks = self.bob.command("waveform", contact=self.keys[0], id=message["id"])["peaks"]
        check(len(peaks) == 64 and max(peaks) > 10, "its waveform is drawn here")
        rows = [row for row in self.bob.command("history", contact=self.keys[0])["messages"] if row["type"] == "clip"]
        check(len(rows) == 1 and rows[0]["heard"] and rows[0]["peaks"] == peaks, "it counts as heard, and what was thrown away did not come")
        saved = self.folder / "saved.opus"
        done = self.verb("Bob", "clip", "save", "Alice", message["id"], str(saved))
        check(done.returncode == 0 and saved.read_bytes()[:4] == b"OggS", f"and can be saved {done.stderr}")


def main(arguments):
    with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
        test = Clips(os.path.abspath(arguments[0]), folder)
        try:
            test.run()
        except (PeerError, OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            check(False, f"{type(error).__name__} {error}")
            for peer in test.peers:
                print(f"--- {peer.name} said last:\n{peer.last_words()}", flush=True)
        finally:
            status = [peer.stop(timeout=5) for peer in reversed(test.peers)]
        check(not any(status), "everybody ends in good order")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
