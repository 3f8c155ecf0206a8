#!/usr/bin/env python3
"""bench-floods.py BUILD|HARK-CLI [--only NAME,...] [--messages N] [--strangers N] [--members N] - what floods do to the window.

The real program on a private screen (tests/lab/guilab) and whole hark-cli that flood it. JSON lines {"bench":"floods",
"what",...}: "held_ms": how long a turn of the window's main loop held everything else (ui/frames.h; those of a millisecond
or more; without what it waited for a processor that others had; "with_queue": with it), and how many were longer than a
frame; "worked_ms": by the window's thread; the pictures drawn, what was between the ends of two of them by the clock ("frame_gap_ms"),
between their beginnings ("frame_begun_ms"), and by the window's thread ("frame_worked_ms"); "ms" from the first command until all of it was shown.
"load" is the machine's at the time.

open, closed: N short messages to the conversation that is open, and to one that is not; hostile: 4 kB each of what is dear
to shape, both ways; changes: N edits and reactions in the open one; offers: N files in lots of 100; requests: as many
strangers who ask at once; group: a group's members who all write; slow: the first again with a disk that takes 50 ms for
each write (LD_PRELOAD); hang: with one that does not answer for 3 s in the middle of it; pictures: as many pictures of ours
as go in one offer, each hark-picture killed before it has read its own. "offered": what came of them.
Skipped (77) without the packages of tests/packages.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ui"))

import windows  # noqa: E402 (found through the line above)
from windows import Peer  # noqa: E402

TURN = re.compile(r"turn ([0-9.]+) ms, worked ([0-9.]+) ms, queued ([0-9.]+) ms")
FRAME = re.compile(r"frame ([0-9.]+) ms, worked ([0-9.]+) ms, begun ([0-9.]+) ms")
QUIET_S = 1.5
ELSEWHERE = ("nice", "-n", "19")
PARTS = (("p50", 0.5), ("p95", 0.95), ("worst", 1))
PICTURES = 8
SLOW_DISK = """
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
static void wait_for_disk (void)
{
  const char *hang = getenv ("FLOODS_HANG");
  usleep (atoi (getenv ("FLOODS_WRITE_US")));
  if (hang && unlink (hang) == 0) sleep (3);
}
int fdatasync (int fd) { wait_for_disk (); return (int) syscall (SYS_fdatasync, fd); }
int fsync (int fd) { wait_for_disk (); return (int) syscall (SYS_fsync, fd); }
"""


def hostile(seed):
    """4 kB of it: marks upon marks, directions, scripts that are shaped, emoji in families, words without an end."""
    rnd = random.Random(seed)
    kinds = [
        lambda: rnd.choice("aeiouy") + "".join(chr(rnd.randint(0x300, 0x36f)) for _ in range(rnd.randint(5, 40))),
        lambda: "".join(chr(rnd.randint(0x620, 0x64a)) for _ in range(rnd.randint(2, 60))),
        lambda: rnd.choice("\u202e\u202d\u2066\u2067\u200f\u200e") + "abc אבג",
        lambda: "".join(chr(rnd.randint(0x904, 0x94d)) for _ in range(rnd.randint(5, 60))),
        lambda: "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * rnd.randint(1, 10),
        lambda: "".join(chr(rnd.randint(0x4e00, 0x9fff)) for _ in range(rnd.randint(10, 100))),
        lambda: "W" * rnd.randint(100, 900),
        lambda: "".join(chr(rnd.randint(0xe01, 0xe3a)) for _ in range(rnd.randint(10, 100))),
        lambda: "\ufdfd" * rnd.randint(1, 40),
        lambda: "*_`" * rnd.randint(1, 50) + " https://" + "x." * rnd.randint(1, 50),
        lambda: "\n" * rnd.randint(1, 10),
    ]
    text = f"flood {seed} "
    while len(text.encode()) < 4000:
        text += rnd.choice(kinds)() + rnd.choice((" ", ""))
    return text.encode()[:4000].decode(errors="ignore")


def share(nice):
    """Who floods has a machine of their own, so here the window goes first: as ELSEWHERE says, and where the kernel groups by
    sessions, with the share of this one; guilab starts the window and the X server in sessions of their own."""
    try:
        pathlib.Path("/proc/self/autogroup").write_text(str(nice))
    except OSError:
        pass  # it does not


def ranked(numbers, part):
    return sorted(numbers)[min(len(numbers) - 1, int(len(numbers) * part))] if numbers else 0.0


def picture(path):
    """Of noise, 12 MB: it is read for a while."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    line = b"\0" + os.urandom(6000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2000, 2000, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(line * 2000, 0)) + chunk(b"IEND", b""))


class Window(windows.Screen):
    """Alice's, with its main loop's turns told."""

    def __init__(self, folder, reader):
        super().__init__("alice", folder, None)
        self.env["G_MESSAGES_DEBUG"] = "hark-ui"
        if not reader:
            self.env["NO_AT_BRIDGE"] = "1"
        self.log_path = folder / "lab/alice/app.log"

    def show(self, account):
        """As a click on a notice does; no robot looks through accessibility, which is work of the window's, too."""
        self.lab("exec", "gdbus", "call", "--session", "--dest", "org.hark.Hark", "--object-path", "/org/hark/Hark",
                 "--method", "org.gtk.Actions.Activate", "show", f"[<'{account}'>]", "{}")
        time.sleep(2)

    def down(self):
        self.lab("down", must=False)

    def quiet(self, seconds=180):
        """Waits until no turn took a millisecond for a while; when that began."""
        size, since, end = -1, time.monotonic(), time.monotonic() + seconds
        while time.monotonic() - since < QUIET_S and time.monotonic() < end:
            now = self.log_path.stat().st_size
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.05)
        return since

    def measure(self, what, flood, **figures):
        """flood() ends when all of it was sent and is there."""
        self.quiet(20)
        at, began = self.log_path.stat().st_size, time.monotonic()
        flood()
        over = self.quiet()
        with open(self.log_path, errors="replace") as log:
            log.seek(at)
            told = log.read()
        turns = [tuple(map(float, turn)) for turn in TURN.findall(told)]
        held = [hold - queued for hold, _, queued in turns]
        frames = [tuple(map(float, frame)) for frame in FRAME.findall(told)]
        gaps, worked_for_one, begun = zip(*frames) if frames else ((), (), ())
        print(json.dumps({"bench": "floods", "what": what, **figures, "turns": len(turns),
                          **{f"held_ms_{name}": round(ranked(held, part), 1) for name, part in PARTS},
                          "held_over_16_7": sum(ms > 16.7 for ms in held),
                          "with_queue_ms_worst": max((hold for hold, _, _ in turns), default=0.0),
                          "worked_ms_worst": max((worked for _, worked, _ in turns), default=0.0),
                          "worked_ms": round(sum(worked for _, worked, _ in turns)), "frames": len(frames),
                          **{f"frame_gap_ms_{name}": ranked(gaps, part) for name, part in PARTS[:2]},
                          **{f"frame_begun_ms_{name}": ranked(begun, part) for name, part in PARTS[:2]},
                          **{f"frame_worked_ms_{name}": ranked(worked_for_one, part) for name, part in PARTS},
                          "ms": round((over - began) * 1000), "load": round(os.getloadavg()[0], 1)}), flush=True)


def told_of(peer, texts, to, **group):
    """Sends them as fast as it takes them, and waits until the other side has the last."""
    mark, tags = peer.mark(), [peer.send("send", text=text, **to)[0] for text in texts]
    last = peer.wait("result", 120, since=mark, tag=tags[-1])[1]["id"]
    peer.wait("message-state", 120, since=mark, id=last)
    return [event["id"] for _, event in peer.seen("result", since=mark) if event.get("tag") in set(tags)]


def change(peer, ids, to):
    mark, tag = peer.mark(), None
    for n, one in enumerate(ids):
        if n % 2:
            tag = peer.send("edit", id=one, text=f"changed {n}", **to)[0]
        else:
            tag = peer.send("react", id=one, text="\U0001f44d", **to)[0]
    peer.wait("result", 60, since=mark, tag=tag)
    time.sleep(1)


def offer(peer, folder, count, to):
    for lot in range(0, count, 100):
        paths = []
        for n in range(lot, min(lot + 100, count)):
            paths.append(folder / f"offer-{n:04d}.txt")
            paths[-1].write_text(str(n))
        peer.send("give", paths=list(map(str, paths)), **to)
    time.sleep(5)


class Run:
    def __init__(self, build, folder, options, port):
        self.hark, self.cli = build / "app/hark", str(build / "app/hark-cli")
        self.folder, self.options = folder, options
        self.local = ("--port", "0", "--bind", "127.0.0.1", "--bootstrap", f"127.0.0.1:{port}")
        self.window = Window(folder, options.reader)
        self.window.words_of_start = [self.hark, *self.local[2:], "--mic", "none", "--speaker", "none"]
        self.peers = []

    def person(self, name):
        profile = str(self.folder / name.lower())
        subprocess.run([self.cli, "init", "--profile", profile, "--name", name, "--no-passphrase"], check=True, capture_output=True)
        peer = Peer(name, [*ELSEWHERE, self.cli, "--profile", profile, "run", "--json", *self.local, "--mic", "none", "--speaker", "none",
                           "--auto-accept-requests"], str(self.folder / f"{name}.log"))
        self.peers.append(peer)
        peer.wait("ready", 60)
        return peer

    def told(self, *words):
        """What the window's engine is told by another program."""
        return self.window.lab("exec", self.cli, *words).stdout

    def start(self):
        self.window.lab("up", "1000x720")
        self.told("init", "--name", "Alice", "--no-passphrase")
        self.window.start()
        windows.wait_for(lambda: "the list is drawn" in self.window.log_path.read_text(errors="replace"), "the list")
        self.link = re.search(r"hk1\w+", self.told("address"))[0]
        self.bob = self.person("Bob")
        self.told("add", self.bob.command("address")["address"])
        account = self.bob.wait("contact", 60, state="online")[1]["contact"]
        self.to = {"contact": account}
        self.bobs = self.bob.events[0][1].get("account") or self.bob.wait("ready", 1)[1]["account"]

    def show(self, open):
        """Bob's conversation, or notes to oneself."""
        self.window.show(self.bobs if open else self.to["contact"])

    def short(self):
        return [f"flood {n}" for n in range(self.options.messages)]

    def long(self):
        return [hostile(n) for n in range(self.options.messages)]

    def messages(self, what, texts, open):
        self.show(open)
        self.window.measure(what, lambda: told_of(self.bob, texts, self.to), messages=len(texts))

    def open(self):
        self.messages("open", self.short(), True)

    def closed(self):
        self.messages("closed", self.short(), False)

    def hostile(self):
        self.messages("hostile, open", self.long(), True)

    def hostile_closed(self):
        self.messages("hostile, closed", self.long(), False)

    def changes(self):
        self.show(True)
        ids = told_of(self.bob, [f"to be changed {n}" for n in range(50)], self.to)
        ids = [ids[n % len(ids)] for n in range(self.options.messages)]
        self.window.measure("changes", lambda: change(self.bob, ids, self.to), changes=len(ids))

    def offers(self):
        self.show(True)
        folder = self.folder / "offers"
        folder.mkdir()
        self.window.measure("offers", lambda: offer(self.bob, folder, self.options.messages, self.to), offers=self.options.messages)

    def many(self, count, name):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda n: self.person(f"{name}{n}"), range(count)))

    def requests(self):
        count = self.options.strangers
        strangers = self.many(count, "Stranger")

        def ask():
            for peer in strangers:
                peer.send("add", address=self.link, text="I ask you. " * 10)
            time.sleep(20)
        self.window.measure("requests", ask, strangers=count)
        for peer in strangers:
            peer.stop()

    def group(self):
        count = self.options.members
        members = self.many(count, "Member")
        mark = self.bob.mark()
        for peer in members:
            peer.command("add", address=self.bob.command("address")["address"])
        accounts = []
        end = time.monotonic() + 120
        while len(accounts) < count and time.monotonic() < end:
            accounts = list({e["contact"] for _, e in self.bob.seen("contact", since=mark, state="online")})
            time.sleep(0.5)
        group = self.bob.command("group-create", name="Choir")["group"]
        for account in [self.to["contact"], *accounts]:
            self.bob.command("group-add", group=group, contact=account)
        for peer in members:
            peer.wait("group", 60)
            peer.command("group-accept", group=group)
        self.told("group-accept", "Choir")
        time.sleep(10)
        self.window.show(group)
        each = max(1, self.options.messages // count)

        def write():
            for n in range(each):
                for peer in members:
                    peer.send("send", text=f"{peer.name} sings {n}", group=group)
            time.sleep(20)
        self.window.measure("group", write, members=count, messages=each * count)
        for peer in members:
            peer.stop()

    def again(self, **env):
        """The window anew, on another disk."""
        source, library = self.folder / "slow.c", self.folder / "slow.so"
        source.write_text(SLOW_DISK)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        self.window.quit()
        mark = self.bob.mark()
        before = dict(self.window.env)
        self.window.env.update(env, LD_PRELOAD=str(library))
        self.window.start()
        self.window.env = before
        self.bob.wait("contact", 60, since=mark, state="online")

    def slow(self):
        self.again(FLOODS_WRITE_US="50000")
        self.messages("open, slow disk", self.short(), True)

    def hang(self):
        hang = self.folder / "hang"
        self.again(FLOODS_WRITE_US="0", FLOODS_HANG=str(hang))
        texts = self.short()

        def write():
            told_of(self.bob, texts[:len(texts) // 2], self.to)
            hang.touch()
            told_of(self.bob, texts[len(texts) // 2:], self.to)
        self.show(True)
        self.window.measure("open, the disk hangs", write, messages=len(texts))
        assert not hang.exists()

    def kill_picture(self, end):
        """The next hark-picture that the window starts; False: none came until @end."""
        mine = str(self.window.process())
        while time.monotonic() < end:
            for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
                except OSError:
                    continue
                if rest.split()[0] != "Z" and rest.split()[1] == mine and name.startswith("hark-picture"):
                    os.kill(int(stat.parent.name), signal.SIGKILL)
                    return True
        return False

    def pictures(self):
        """Pasted, as a desktop's file manager copies them."""
        paths = [self.folder / f"picture-{n}.png" for n in range(PICTURES)]
        for path in paths:
            picture(path)
        self.show(True)
        uris = "\\n".join(path.as_uri() for path in paths)
        self.window.lab("exec", "sh", "-c", f"printf '{uris}\\n' | xclip -selection clipboard -t text/uri-list -i >/dev/null 2>&1")
        killed, mark = [], self.bob.mark()

        def give():
            self.window.lab("exec", "xdotool", "key", "ctrl+v")
            end = time.monotonic() + 30
            while len(killed) < PICTURES and self.kill_picture(end):
                killed.append(time.monotonic())
            while len(self.bob.seen("file-offer", since=mark)) < PICTURES and time.monotonic() < end:
                time.sleep(0.1)
        self.window.measure("pictures, their readers killed", give, pictures=PICTURES)
        print(json.dumps({"bench": "floods", "what": "pictures", "killed": len(killed),
                          "offered": len(self.bob.seen("file-offer", since=mark))}), flush=True)

    def end(self):
        for peer in self.peers:
            peer.stop()
        if keep := os.environ.get("FLOODS_LOG"):
            pathlib.Path(keep).write_bytes(self.window.log_path.read_bytes())
        self.window.down()


ALL = ("open", "hostile", "changes", "offers", "pictures", "slow", "hang", "closed", "hostile_closed", "group", "requests")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--reader", action="store_true", help="with the bridge to screen readers")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--strangers", type=int, default=100)
    parser.add_argument("--members", type=int, default=30)
    options = parser.parse_args()
    if reason := windows.why_not():
        print(f"skipped: {reason}")
        return 77
    build = options.build.resolve()
    if build.is_file():  # as tests/run gives it: hark-cli there
        build = build.parents[1]
    with tempfile.TemporaryDirectory(prefix="hark-floods-") as folder:
        folder = pathlib.Path(folder)
        with Peer("node", [str(build / "app/hark-cli"), "node", "--json", "--port", "0", "--bind", "127.0.0.1"],
                  str(folder / "node.log")) as node:
            run = Run(build, folder, options, node.wait("ready", 15)[1]["port"])
            share(19)
            try:
                run.start()
                for name in options.only.split(","):
                    getattr(run, name)()
            finally:
                run.end()
                share(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
