#!/usr/bin/env python3
"""test-two-homes.py HARK-CLI [--scenario NAME] [--keep] - the whole chain, with every part real.

Two homes behind port-restricted NATs (netlab), a bootstrap node on a public host whose DHT port also answers STUN.
Alice and Bob know each other's address and that node, nothing else. They become contacts, connect directly through
both NATs, write both ways, pass 5 MB and talk for 3 s from file to file.

--scenario takes another pair of homes of netlab's list: "ipv6+ipv6", "cgnat+full-cone", "same-lan", ... Skipped (77) without root or network namespaces. --keep leaves the logs where they are and says where that is.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "app"))

import speech  # noqa: E402 (found through the line above)
from peer import Peer, PeerError  # noqa: E402

NETLAB = HERE / "netlab/netlab"
SCENARIO = "port-restricted+port-restricted"
LINK = "delay=5ms"
PORT = 6881
MEGABYTES, SECONDS = 5, 3
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


def why_not():
    """Why this machine cannot run the test, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "nft", "cc"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode:
        return "this kernel or container makes no network namespaces"
    return None


def on(host, *command):
    return [os.environ["NETLAB"], "exec", host, "--", *command]


class Homes:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.peers = cli, pathlib.Path(folder), []

    def env(self, name):
        run = self.folder / f"{name}-run"
        run.mkdir(mode=0o700, exist_ok=True)
        return {**os.environ, "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(self.folder / f"{name}-data")}

    def start(self, name, host, *arguments):
        peer = Peer(name, on(host, self.cli, *arguments), str(self.folder / f"{name}.log"), self.env(name))
        self.peers.append(peer)
        return peer

    def engine(self, name, host, bootstrap, *more):
        profile = str(self.folder / name)
        subprocess.run([self.cli, "--profile", profile, "init", "--name", name, "--no-passphrase", "--quiet-words"],
                       env=self.env(name), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.start(name, host, "--profile", profile, "run", "--json", "--port", "0", "--bootstrap", bootstrap,
                          "--mic", f"wav:{ROOT / 'tests/lab/speech.wav'}",
                          "--speaker", f"wav:{self.folder}/{name}-speaker.wav", *more)

    def stop(self):
        return [peer.stop(timeout=5) for peer in reversed(self.peers)]


def befriend(alice, bob, keys):
    """Alice asks, Bob accepts by hand; both online."""
    address = bob.command("address", one_time=True)["address"]
    begin = time.monotonic()
    alice.command("add", address=address, text="It is me.")
    request = bob.wait("request", 60, contact=keys[0])[1]
    check(request["text"] == "It is me." and request["name"] == "Alice", "the request says who and what")
    bob.command("accept", contact=keys[0])
    online = [peer.wait("contact", 60, contact=key, state="online")
              for peer, key in ((alice, keys[1]), (bob, keys[0]))]
    check(True, f"connected {max(t for t, _ in online) - begin:.2f} s after the address was added")
    expected = "lan" if "same-lan" in SCENARIO or "lan-only" in SCENARIO else "direct"
    for (_, event), peer in zip(online, (alice, bob)):
        check(event["path"] == expected, f"{peer.name}'s path in {SCENARIO} is {event['path']}")


def write(sender, receiver, contact, text):
    mark, marks = receiver.mark(), sender.mark()
    begin = time.monotonic()
    sender.command("send", contact=contact, text=text)
    when, event = receiver.wait("message", 20, since=mark, outgoing=False)
    check(event["text"] == text, f"{receiver.name} reads what {sender.name} wrote, {1000 * (when - begin):.0f} ms later")
    sender.wait("message-state", 20, since=marks, state="delivered")
    check(True, f"{sender.name} knows that it is on {receiver.name}'s disk")


def give(alice, bob, contact, folder):
    path = folder / "file.bin"
    path.write_bytes(os.urandom(MEGABYTES * 1000 * 1000))
    mark, marks = bob.mark(), alice.mark()
    begin = time.monotonic()
    alice.command("give", contact=contact, paths=[str(path)])
    ends = {"done": None, "failed": "the file failed", "refused": "the file was refused"}
    when, event = bob.wait("file-state", 120, since=mark, state="done", until=lambda e: ends.get(e.get("state")))
    alice.wait("file-state", 20, since=marks, state="done")
    same = hashlib.sha256(pathlib.Path(event["path"]).read_bytes()).digest() == \
        hashlib.sha256(path.read_bytes()).digest()
    check(same, f"{MEGABYTES} MB arrive as they were, in {when - begin:.2f} s")


def talk(alice, bob, contact):
    marks = alice.mark(), bob.mark()
    begin = time.monotonic()
    call = alice.command("call", contact=contact)["call"]
    active = [peer.wait("call", 20, since=mark, state="active")[0] for peer, mark in zip((alice, bob), marks)]
    check(True, f"the call is up after {1000 * (max(active) - begin):.0f} ms")
    time.sleep(SECONDS)
    alice.command("hangup", call=call)
    for peer, mark in zip((alice, bob), marks):
        peer.wait("call", 20, since=mark, state="ended")


def inside(cli, folder):
    homes = Homes(cli, folder)
    six = SCENARIO.startswith("ipv6")
    public = subprocess.check_output([os.environ["NETLAB"], "addr", "pub1", *(["-6"] if six else [])], text=True).strip()
    try:
        node = homes.start("node", "pub1", "node", "--json", "--port", str(PORT))
        node.wait("ready", 15)
        bootstrap = f"[{public}]:{PORT}" if six else f"{public}:{PORT}"
        downloads = homes.folder / "downloads"
        downloads.mkdir()
        alice = homes.engine("Alice", "a", bootstrap)
        bob = homes.engine("Bob", "b", bootstrap, "--auto-answer", "--auto-accept-files", str(downloads))
        keys = [peer.wait("ready", 15)[1]["account"] for peer in (alice, bob)]
        befriend(alice, bob, keys)
        write(alice, bob, keys[1], "Hello from behind my NAT ☎")
        write(bob, alice, keys[0], "And from behind mine")
        give(alice, bob, keys[1], homes.folder)
        talk(alice, bob, keys[1])
        check(not any(homes.stop()), "everybody ends in good order")
        for ear in "Alice", "Bob":
            found = speech.compare(ROOT / "tests/lab/speech.wav", homes.folder / f"{ear}-speaker.wav", SECONDS - 0.5)
            check(found["windows"] >= 2 and found["found"] >= 0.7,
                  f"{ear} hears the speech: {100 * found['found']:.0f} % of {found['windows']} windows found again, "
                  f"{found['lag_ms']:.0f} ms behind")
    except (PeerError, OSError, subprocess.CalledProcessError, ValueError) as error:
        check(False, str(error))
        for peer in homes.peers:
            print(f"--- {peer.name} said last:\n{peer.last_words()}", flush=True)
    finally:
        homes.stop()


def main(arguments):
    global SCENARIO
    if "--scenario" in arguments:
        SCENARIO = arguments[arguments.index("--scenario") + 1]
    if "--inside" in arguments:
        if "--keep" in arguments:
            folder = tempfile.mkdtemp(prefix="hark-lab-")
            inside(arguments[0], folder)
            print(f"logs: {folder}")
        else:
            with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
                inside(arguments[0], folder)
        return 1 if failures else 0
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    links = ["--link-a", LINK] + (["--link-b", LINK] if "+" in SCENARIO else [])
    return subprocess.call([NETLAB, "run", SCENARIO, *links, "--",
                            sys.executable, "-B", __file__, os.path.abspath(arguments[0]), "--inside", *arguments[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
