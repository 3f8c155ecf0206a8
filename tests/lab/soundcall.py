#!/usr/bin/env python3
"""soundcall.py - two engines with private PulseAudio servers (audiolab) that call each other, for tests.

    class Mine(soundcall.Call):
        def run(self, keep): ...
    sys.exit(soundcall.main(sys.argv[1:], Mine))

With --pipewire among the arguments the servers are PipeWire's, with WirePlumber. Skipped (77) where they, PulseAudio's
tools, a C compiler with libpulse, or numpy and scipy are missing.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "app"))

from peer import Peer, PeerError  # noqa: E402 (found through the line above)

FOUND_MIN = 0.7
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


def why_not(server):
    """Why this machine cannot run the test with such sound servers, or None."""
    programs = {"pulse": ["pulseaudio"], "pipewire": ["pipewire", "wireplumber", "pipewire-pulse", "dbus-run-session"]}
    for program in [*programs[server], "pactl", "cc", "pkg-config"]:
        if not shutil.which(program):
            return f"{program} is not installed"
    if subprocess.run(["pkg-config", "--exists", "libpulse"]).returncode:
        return "libpulse's headers are not installed"
    if subprocess.run(["/usr/bin/python3", "-c", "import numpy, scipy"], capture_output=True).returncode:
        return "numpy and scipy are not installed"
    return None


def lab(*arguments):
    return subprocess.run([str(HERE / "audiolab"), *map(str, arguments)], check=True, capture_output=True,
                          text=True).stdout


def lab_env(n):
    return dict(word.split("=", 1) for word in lab("env", n).replace("export ", "").split())


def open_microphones(n):
    """Recording streams of programs; those of the server's own modules have no client."""
    lines = lab("pactl", n, "list", "short", "source-outputs").splitlines()
    return [line for line in lines if line.split("\t")[2] != "-"]


class Call:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.peers = cli, pathlib.Path(folder), []
        run = self.folder / "run"
        run.mkdir(mode=0o700)
        self.env = {**os.environ, "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(self.folder / "data")}

    def start(self, name, env, *arguments):
        peer = Peer(name, [self.cli, *arguments], str(self.folder / f"{name}.log"), {**self.env, **env})
        self.peers.append(peer)
        return peer

    def engine(self, name, n, bootstrap, *more):
        profile = str(self.folder / name)
        subprocess.run([self.cli, "--profile", profile, "init", "--name", name, "--no-passphrase", "--quiet-words"],
                       env=self.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.start(name, lab_env(n), "--profile", profile, "run", "--json", "--port", "0", "--bind",
                          "127.0.0.1", "--bootstrap", bootstrap, "--auto-accept-requests", "--auto-answer", "--mic",
                          "pulse", "--speaker", "pulse", *more)

    def meet(self, *more):
        """@more: further options of both engines."""
        node = self.start("node", {}, "node", "--json", "--port", "0", "--bind", "127.0.0.1")
        bootstrap = f"127.0.0.1:{node.wait('ready', 15)[1]['port']}"
        self.alice, self.bob = (self.engine(name, n, bootstrap, *more)
                                for n, name in ((1, "Alice"), (2, "Bob")))
        keys = [peer.wait("ready", 15)[1]["account"] for peer in (self.alice, self.bob)]
        self.alice.command("add", address=self.bob.command("address")["address"], text="It is me.", name="Bob")
        self.alice.wait("contact", 60, contact=keys[1], state="online")
        self.bob.wait("contact", 60, contact=keys[0], state="online")
        self.contact = keys[1]

    def dial(self):
        self.marks = self.alice.mark(), self.bob.mark()
        self.number = self.alice.command("call", contact=self.contact)["call"]
        for peer, mark in zip((self.alice, self.bob), self.marks):
            peer.wait("call", 20, since=mark, state="active")

    def hang_up(self):
        begin = time.monotonic()
        self.alice.command("hangup", call=self.number)
        while open_microphones(1) and time.monotonic() < begin + 1:
            pass
        print(f"       Alice's microphone was closed {1e3 * (time.monotonic() - begin):.0f} ms after the click, as far as a "
              "look that itself takes a while can tell", flush=True)
        for peer, mark in zip((self.alice, self.bob), self.marks):
            peer.wait("call", 10, since=mark, state="ended")
        deadline = time.monotonic() + 1
        while (left := open_microphones(1) + open_microphones(2)) and time.monotonic() < deadline:
            time.sleep(0.05)
        check(not left, "both microphones are closed within 1 s of hanging up")

    def goes_on(self):
        return not any(peer.seen("call", since=mark, state="ended")
                       for peer, mark in zip((self.alice, self.bob), self.marks))

    def listen(self, what, seconds, keep):
        """Speech from Alice's mouth to Bob's ear."""
        done = subprocess.run([str(HERE / "mouth2ear"), "--json", "--signal", "speech", "--seconds", str(seconds),
                               "--keep", str(keep)], capture_output=True, text=True)
        if not done.stdout.strip():
            raise PeerError(f"mouth2ear: {done.stderr.strip()[-400:]}")
        found = json.loads(done.stdout)
        share = found["matched"] / max(1, found["windows"])
        check(found["windows"] >= seconds / 2 and share >= FOUND_MIN,
              f"{what}: {100 * share:.0f} % of {found['windows']} windows of speech found again")
        if found["matched"]:
            print(f"       delay {found['median']:.1f} ms ({found['min']:.1f} to {found['max']:.1f}), with the "
                  f"microphone's block {found['real_mean']:.1f} ms")
        scores = subprocess.run([str(HERE / "speechscore"), str(keep / "ref.wav"), str(keep / "ear.wav")],
                                capture_output=True, text=True).stdout
        print("       " + ", ".join(" ".join(line.split()) for line in scores.splitlines()), flush=True)

    def figures(self):
        for peer, mark in zip((self.alice, self.bob), self.marks):
            stats = [event for _, event in peer.seen("call-stats", since=mark)]
            if stats:
                print(f"       {peer.name}: playout {[round(s['playout_ms']) for s in stats]} ms, concealed "
                      f"{100 * sum(s['concealed'] for s in stats) / len(stats):.2f} %")


def main(arguments, kind):
    server = "pipewire" if "--pipewire" in arguments else "pulse"
    if reason := why_not(server):
        print(f"skipped: {reason}")
        return 77
    with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
        os.environ["AUDIOLAB_DIR"] = f"{folder}/audiolab"
        keep = pathlib.Path(arguments[arguments.index("--keep") + 1] if "--keep" in arguments else folder)
        call = kind(os.path.abspath(arguments[0]), folder)
        try:
            lab("up", 2, server)
            call.run(keep)
        except (PeerError, OSError, subprocess.CalledProcessError, ValueError) as error:
            check(False, f"{error} {getattr(error, 'stderr', None) or ''}")
            for peer in call.peers:
                print(f"--- {peer.name} said last:\n{peer.last_words()}", flush=True)
        finally:
            status = [peer.stop(timeout=5) for peer in reversed(call.peers)]
            lab("down")
        check(not any(status), "everybody ends in good order")
    return 1 if failures else 0
