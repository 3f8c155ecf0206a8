#!/usr/bin/env python3
"""test-groups.py HARK-CLI - three people and one group, on this computer.

Alice and Carol are no contacts: what they write to each other goes through Bob, and waits for them there. A restart
of everybody changes nothing. Alice gives a folder and is killed half way: it goes on from who has it. Who is removed
hears nothing more.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from homes import Peer, befriend, check
import homes

OPTIONS = ["--json", "--port", "0", "--bind", "127.0.0.1", "--mic", "none", "--speaker", "none"]


class Scenario:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.peers, self.bootstrap = cli, pathlib.Path(folder), {}, None

    def start(self, name, *arguments):
        run = self.folder / f"{name}-run"
        run.mkdir(mode=0o700, exist_ok=True)
        env = {**os.environ, "XDG_RUNTIME_DIR": str(run)}
        self.peers[name] = Peer(name, [self.cli, *arguments], str(self.folder / f"{name}.log"), env)
        return self.peers[name]

    def engine(self, name):
        profile = str(self.folder / name)
        if not os.path.exists(profile):
            subprocess.run([self.cli, "--profile", profile, "init", "--name", name, "--no-passphrase", "--quiet-words"],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peer = self.start(name, "--profile", profile, "run", *OPTIONS, "--bootstrap", self.bootstrap)
        peer.key = peer.wait("ready", 30)[1]["account"]
        return peer

    def end(self, name):
        self.peers.pop(name).stop()

    def verb(self, name, *arguments):
        """A verb beside the running engine; what it prints."""
        env = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder / f"{name}-run")}
        return subprocess.run([self.cli, "--profile", str(self.folder / name), *arguments], env=env, check=True,
                              capture_output=True, text=True, timeout=60).stdout


def bring_in(group, asker, who):
    """`asker` asks a contact in, who accepts; both see it."""
    mark, asked = who.mark(), asker.mark()
    asker.command("group-add", group=group, contact=who.key)
    who.wait("group", 60, since=mark, group=group, state="offered")
    who.command("group-accept", group=group)
    wait_members(asker, group, asked, lambda members: who.key in members)
    wait_members(who, group, mark, lambda members: asker.key in members)


def wait_members(peer, group, since, wanted):
    while True:
        mark = peer.mark()
        for _, event in peer.seen("group", since, group=group):
            if wanted({person["contact"] for person in event.get("members", []) if person["joined"]}):
                return
        if peer.mark() == mark:
            peer.wait("group", 60, since=mark, group=group)


def texts(peer, group):
    return [message["text"] for message in reversed(peer.command("history", group=group)["messages"])]


def take(peer, group, since, directory):
    number = peer.wait("file-offer", 60, since=since, group=group)[1]["transfer"]
    peer.command("take", transfer=number, directory=str(directory))


def wait_some(peer, group, since):
    """Until a piece of it has arrived."""
    while True:
        mark = peer.mark()
        if any(event["bytes"] > 0 for _, event in peer.seen("file-state", since, group=group)):
            return
        if peer.mark() == mark:
            peer.wait("file-state", 60, since=mark, group=group)


def folder_goes_on(scenario, group):
    """Bob has it whole and Carol some of it when Alice, who gave it, is killed."""
    alice, bob, carol = [scenario.peers[name] for name in ("Alice", "Bob", "Carol")]
    befriend(alice, carol)
    marks = bob.mark(), carol.mark()
    source = scenario.folder / "photos"
    (source / "old").mkdir(parents=True)
    (source / "film.bin").write_bytes(os.urandom(5_000_000))
    for i in range(50):
        (source / "old" / f"{i}.jpg").write_bytes(os.urandom(2_000))
    alice.command("give", group=group, paths=[str(source)])
    take(bob, group, marks[0], scenario.folder / "to Bob")
    bob.wait("file-state", 60, since=marks[0], group=group, state="done")
    carol.command("limit", how="down", rate=2_000_000)
    take(carol, group, marks[1], scenario.folder / "to Carol")
    wait_some(carol, group, marks[1])
    alice = scenario.peers.pop("Alice")
    alice.process.kill()
    alice.stop()
    at_kill = max(event["bytes"] for _, event in carol.seen("file-state", marks[1], group=group))
    path = carol.wait("file-state", 60, since=marks[1], group=group, state="done")[1]["path"]
    same = subprocess.run(["diff", "-r", "-x", ".manifest", str(source), path]).returncode == 0 # the list goes when the end is stored
    check(same, f"a folder of the group whose giver was killed when {at_kill // 1024} KiB were there comes from the other")


def live(scenario):
    node = scenario.start("node", "node", "--json", "--port", "0", "--bind", "127.0.0.1")
    scenario.bootstrap = f"127.0.0.1:{node.wait('ready', 30)[1]['port']}"
    alice, bob, carol = [scenario.engine(name) for name in ("Alice", "Bob", "Carol")]
    befriend(alice, bob)
    befriend(bob, carol)
    group = alice.command("group-create", name="Friends")["group"]
    bring_in(group, alice, bob)
    mark = bob.mark()
    alice.command("group-role", group=group, contact=bob.key, how="admin")
    bob.wait("group", 60, since=mark, role="admin")
    mark = alice.mark()
    bring_in(group, bob, carol)
    wait_members(alice, group, mark, lambda members: carol.key in members)
    wait_members(carol, group, 0, lambda members: alice.key in members)
    check(True, "three are in, two of them strangers")

    alice.command("send", group=group, text="Hello, all", mentions=[carol.key])
    _, event = carol.wait("message", 60, text="Hello, all")
    check(event["author"] == alice.key and event["mentioned"], "what Alice wrote came to Carol through Bob, as hers")
    alice.wait("message-state", 60, group=group, state="delivered", reached=2)
    check(True, "and Alice knows that both have it")

    scenario.end("Carol")
    print(scenario.verb("Alice", "group", "send", "Friends", "Carol is away"), end="")
    bob.wait("message", 60, text="Carol is away")
    scenario.end("Alice")
    scenario.end("Bob")
    bob = scenario.engine("Bob")
    carol = scenario.engine("Carol")
    carol.wait("message", 60, text="Carol is away")
    check(texts(carol, group) == ["Hello, all", "Carol is away"], "written while Carol was away, told when Alice was")
    carol.command("send", group=group, text="Alice is away")
    bob.wait("message", 60, text="Alice is away")
    alice = scenario.engine("Alice")
    alice.wait("message", 60, text="Alice is away")
    check(texts(alice, group) == texts(bob, group) == texts(carol, group), "all three read the same")
    check("Friends" in scenario.verb("Bob", "group", "list") and "Alice is away" in scenario.verb(
        "Bob", "group", "history", "Friends"), "the verbs show it")

    folder_goes_on(scenario, group)
    alice = scenario.engine("Alice")
    mark = alice.mark()
    scenario.verb("Bob", "group", "remove", "Friends", "Carol")
    wait_members(alice, group, mark, lambda members: carol.key not in members)
    alice.command("send", group=group, text="Now we are two")
    bob.wait("message", 60, text="Now we are two")
    carol.wait("group", 60, group=group, state="left", reason="Bob removed you from the group.")
    check("Now we are two" not in texts(carol, group), "who was removed hears nothing more, and knows why")


def main():
    with tempfile.TemporaryDirectory(prefix="hark-groups-") as folder:
        scenario = Scenario(os.path.abspath(sys.argv[1]), folder)
        try:
            live(scenario)
        except Exception:
            for peer in scenario.peers.values():
                print(f"--- {peer.name} said last:\n{peer.last_words()}", flush=True)
            raise
        finally:
            for peer in scenario.peers.values():
                peer.stop()
    return 1 if homes.failures else 0


sys.exit(main())
