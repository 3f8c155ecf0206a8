#!/usr/bin/env python3
"""test-two-windows.py HARK HARK-CLI [--keep] [--shots DIR] - two people and two windows, used as a person uses them.

Alice and Bob start hark on screens of their own (tests/lab/guilab), on loopback, with a hark-cli node as bootstrap.
They say their names, Alice opens Bob's link, Bob accepts, both write, Alice drops files and a folder, Bob sees the
preview and takes them, and another by words that Alice's window shows; they talk, with Bob's side of it done over the
session bus, and have a call in a group that a notification leads to. HARK_LONG=1: with Carol, three windows.
Everything is found by role and accessible name. --shots keeps pictures. Skipped (77) without the packages of
tests/packages.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import wave
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GUILAB = ROOT / "tests/lab/guilab"
SPEECH = ROOT / "tests/lab/speech.wav"
TOOLS = ("Xvfb", "dbus-daemon", "xdotool", "xclip", "xfwm4", "xprop", "gdbus", "import")
BRIDGE = ("Atk-CRITICAL", "g_object_unref", "gtk_container_forall")  # about accessibles GTK keeps of widgets that are gone
CHOOSER = ("WIDGET_REALIZED_FOR_EVENT", "gtk_tree_model")  # of GTK's dialog, when a path is typed into it
sys.path.insert(0, str(ROOT / "app"))

from peer import Peer, PeerError  # noqa: E402 (found through the line above)

failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


def why_not():
    """Why this machine cannot run the test, or None."""
    for program in TOOLS:
        if not shutil.which(program):
            return f"{program} is not installed"
    probe = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    if subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True).returncode:
        return "python3-gi or gir1.2-atspi-2.0 is not installed"
    return None


class Screen:
    """One person: a desktop and the window on it."""

    def __init__(self, name, folder, shots):
        self.name, self.folder, self.shots = name, folder, shots
        self.env = {**os.environ, "GUILAB_DIR": str(folder / "lab")}
        self.eye = None

    def words(self, *arguments):
        return [str(GUILAB), "-n", self.name, *map(str, arguments)]

    def look(self, arguments):
        """One process looks and types for all of the test."""
        if self.eye is None:
            self.eye = subprocess.Popen(self.words("ui", "serve"), env=self.env, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.eye.stdin.write(json.dumps([str(word) for word in arguments]) + "\n")
        self.eye.stdin.flush()
        return subprocess.CompletedProcess(arguments, *json.loads(self.eye.stdout.readline()))

    def lab(self, *arguments, must=True):
        # what an action opens may run before the action is answered, and who asked for it sees nothing until then
        if arguments[0] in ("ui", "key", "type") and arguments[1] != "do":
            done = self.look(arguments[1:] if arguments[0] == "ui" else arguments)
        else:
            done = subprocess.run(self.words(*arguments), env=self.env, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=90)
        if must and done.returncode:
            self.shot("failed")
            raise PeerError(f"{self.name}: {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout}")
        return done

    def up(self, program, bootstrap):
        self.lab("up", "1000x720")
        self.words_of_start = [program, "--bind", "127.0.0.1", "--bootstrap", bootstrap, "--mic", f"wav-loop:{SPEECH}",
                               "--speaker", f"wav:{self.speaker()}"]
        self.lab("run", *self.words_of_start)

    def open(self, link):
        self.lab("exec", *self.words_of_start, link)
        self.see("push button", "Add")

    def tell(self, method, *arguments):
        """Over the interface of Hark's own on the session bus."""
        return self.lab("exec", "gdbus", "call", "--session", "--dest", "org.hark.Hark", "--object-path",
                        "/org/hark/Hark", "--method", method, *arguments).stdout

    def property(self, name):
        return self.tell("org.freedesktop.DBus.Properties.Get", "org.hark.Hark", name)

    def speaker(self):
        return self.folder / f"{self.name}-speaker.wav"

    def see(self, role, name, seconds=20):
        self.lab("ui", "wait", role, name, seconds)

    def click(self, role, name, seconds=20):
        self.see(role, name, seconds)
        self.lab("ui", "click", role, name)

    def write(self, text):
        self.lab("ui", "click", "text", "Message")
        self.lab("type", text)
        self.lab("key", "Return")

    def middle(self, role, name):
        place = self.lab("ui", "get", role, name).stderr
        x, y, width, height = (int(n) for n in place[place.rindex("(") + 1:place.rindex(")")].split(","))
        return x + width // 2, y + height // 2

    def shot(self, what):
        if self.shots:
            self.lab("shot", self.shots / f"{self.name}-{what}.png", must=False)

    def audit(self, where):
        done = self.lab("ui", "audit", "hark", must=False)
        check(done.returncode == 0, f"{self.name}: every widget has a name, {where} {done.stdout.strip()}")

    def down(self):
        self.lab("key", "ctrl+q", must=False)
        time.sleep(1)
        log = self.lab("log", must=False).stdout
        self.eye.stdin.close()
        self.eye.wait(10)
        self.lab("down", must=False)
        return log


def begin(screen):
    """The name, and one button; the answer is the link to oneself."""
    screen.see("push button", "Start", 40)
    screen.lab("ui", "set", "text", "Your name", screen.name.capitalize())
    screen.click("push button", "Start")
    screen.click("push button", "Copy My Link")
    screen.see("label", "/^Copied/")
    screen.link = screen.lab("clip", "get").stdout
    screen.shot("first")


def meet(alice, bob):
    check(bob.link.startswith("hark:hk1"), f"Bob's link is in the clipboard ({len(bob.link)} letters)")
    alice.audit("empty list")
    alice.lab("key", "ctrl+n")
    alice.see("text", "Address or link")
    alice.lab("ui", "set", "text", "Address or link", alice.link[:20])
    alice.see("label", "/./")
    alice.audit("a wrong address")
    alice.shot("wrong-address")
    alice.lab("key", "Escape")
    # as the desktop does with a link that is clicked: the second start hands it to the first
    alice.open(bob.link)
    alice.lab("ui", "set", "text", "Message with the request", "It is me")
    alice.click("push button", "Add")
    alice.see("text", "Message")
    bob.see("label", "It is me", 30)
    bob.shot("request")
    bob.audit("a request")
    bob.click("push button", "Accept")
    alice.see("list item", "/^Bob, Online/", 30)
    bob.see("list item", "/^Alice, Online/", 30)
    check(True, "Alice and Bob are contacts and online")


def befriend(one, other):
    one.open(other.link)
    one.lab("key", "Return")
    other.click("push button", "Accept", 30)
    for screen, there in ((one, other), (other, one)):
        screen.see("list item", f"/^{there.name.capitalize()}, Online/", 30)


def chat(alice, bob):
    alice.write("Hello <b>Bob</b>")
    bob.see("label", "Hello <b>Bob</b>")
    bob.write("Hello Alice")
    alice.see("label", "Hello Alice")
    alice.see("list item", "/^You: Hello <b>Bob<.b>, .*(delivered|read)$/")
    check(True, "a message each way, markup as it was typed, its state in words")


def png(path):
    """A picture of 320 x 200, half red and half blue."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    line = b"\0" + b"\xd0\x20\x20" * 160 + b"\x20\x20\xd0" * 160
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 320, 200, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(line * 200)) + chunk(b"IEND", b""))


def offers(screen):
    return screen.lab("ui", "list", "push button").stdout.split("\n").count("Accept")


def take_all(screen, n):
    """One offer after the other: a row changes before the next is touched."""
    for left in range(n, 0, -1):
        wait_for(lambda left=left: offers(screen) == left, f"{left} offers")
        screen.click("push button", "Accept")
    wait_for(lambda: offers(screen) == 0, "no offer more")


def wait_for(done, what, seconds=30):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise PeerError(f"not seen in {seconds} s: {what}")
        time.sleep(0.2)


def arrived(screen, name):
    return [path for path in (screen.folder / "lab" / screen.name).rglob(name) if path.is_file()]


def give(alice, bob):
    source, picture, tree = (alice.folder / name for name in ("notes and plans.bin", "beach.png", "tree"))
    source.write_bytes(os.urandom(3_000_000))
    png(picture)
    (tree / "deep").mkdir(parents=True)
    (tree / "deep" / "leaf").write_bytes(b"green")
    # over the text or above it, they are files; all of them at once
    alice.lab("drop", source, picture, tree, *alice.middle("text", "Message"))
    wait_for(lambda: offers(bob) == 3, "three offers")
    bob.see("icon", "Small picture that Alice sent along")
    check(not arrived(bob, "beach*"), "a preview came with the offer, and nothing else")
    bob.shot("offer")
    bob.audit("offers")
    take_all(bob, 3)
    alice.see("label", "/on Bob's disk/", 30)
    wait_for(lambda: arrived(bob, "notes and plans*") and arrived(bob, "leaf") and arrived(bob, "beach*"), "all files")
    bob.see("push button", "Open")
    bob.see("push button", "Show in Folder")
    wait_for(lambda: "Resume" not in bob.lab("ui", "list", "push button").stdout, "nothing under way")
    check([path.read_bytes() for name in ("notes and plans*", "beach*", "leaf") for path in arrived(bob, name)]
          == [source.read_bytes(), picture.read_bytes(), b"green"], "files and a folder dropped at once arrived as they were")


def by_words(alice, bob):
    """From one window to another; they need not know each other for it."""
    gift = alice.folder / "gift.bin"
    gift.write_bytes(os.urandom(200_000))
    alice.click("toggle button", "Menu")
    alice.click("push button", "Give Files by Words…")
    alice.see("push button", "Give")
    alice.lab("key", "slash")  # opens GTK's field for a path
    alice.see("text", "/./")
    alice.lab("type", str(gift)[1:])
    alice.lab("key", "Return")
    alice.click("push button", "Copy the Words")
    words = alice.lab("clip", "get").stdout
    alice.audit("words to give files by")
    alice.shot("words")
    bob.lab("key", "ctrl+n")
    bob.see("text", "Address or link")
    bob.lab("ui", "set", "text", "Address or link", words.replace("-", " "))
    bob.click("push button", "Take Files")
    bob.see("label", "/^All of it is here/", 60)
    bob.shot("by-words")
    bob.audit("files taken by words")
    alice.see("label", "/^All of it has arrived there/")
    for screen in (alice, bob):
        screen.click("push button", "Close")
    check([path.read_bytes() for path in arrived(bob, "gift.bin")] == [gift.read_bytes()],
          f"what one window gives by words another takes ({len(words.split('-'))} words)")


def loudest(path):
    with wave.open(str(path)) as sound:
        frames = sound.readframes(sound.getnframes())
    return max((abs(n) for (n,) in struct.iter_unpack("<h", frames[:len(frames) // 2 * 2])), default=0)


def talk(alice, bob):
    alice.click("push button", "Call Bob")
    bob.see("label", "Alice is calling")
    bob.shot("ringing")
    bob.audit("an incoming call")
    bob.tell("org.hark.Hark.Answer")
    for screen, other in ((alice, "Bob"), (bob, "Alice")):
        screen.see("label", f"/^{other}, 0:0/")
        screen.see("label", "/connection: .* round trip/")
    alice.shot("call")
    bob.tell("org.hark.Hark.SetMuted", "true")
    bob.see("push button", "Unmute the microphone")
    bob.tell("org.hark.Hark.PushToTalk", "true")
    bob.see("push button", "Mute the microphone")
    alice.audit("a call")
    wait_for(lambda: loudest(bob.speaker()) > 1000, "Bob hears Alice")
    alice.click("push button", "Hang Up")
    alice.see("label", "/^You called, 0:/")
    bob.see("label", "/^Call, 0:/")
    alice.shot("after")
    check(True, "a call that Bob answers, mutes and talks in over the session bus; he heard Alice")


def gather(alice, *others):
    alice.lab("key", "ctrl+shift+n")
    alice.see("text", "Name of the group")
    alice.lab("ui", "set", "text", "Name of the group", "Kitchen")
    for other in others:
        alice.click("check box", other.name.capitalize())
    alice.audit("a new group")
    alice.shot("new-group")
    alice.click("push button", "Create")
    for other in others:
        other.see("list item", "/^Kitchen, Somebody asks you/", 30)
        other.click("push button", "Accept")
        other.click("list item", "/^Note to self,/")
    alice.see("list item", f"/^Kitchen, {len(others) + 1} members/", 30)
    alice.click("list item", "/^Kitchen,/")
    alice.see("push button", "About this group")
    alice.write("Who brings the kettle?")
    for other in others:
        other.see("list item", "/^Kitchen, .* 1 unread/", 30)
        other.click("list item", "/^Kitchen,/")
        other.see("list item", "/^Alice: Who brings the kettle/")
    others[0].audit("a group")
    others[0].shot("group")
    check(True, "a group, written to by one and read by the others with the author's name")


def notice(screen, words):
    """The one that shows now and begins with @words."""
    found = [note for note in json.loads(screen.lab("notes").stdout) if note["open"] and note["summary"].startswith(words)]
    return found[0] if found else None


def confer(alice, *others):
    """All in one call of the group; the last is elsewhere, and comes by the notification."""
    last = others[-1]
    last.lab("exec", "sh", "-c", "xdotool getactivewindow windowminimize")
    wait_for(lambda: "Hark" not in last.lab("exec", "xdotool", "getactivewindow", "getwindowname", must=False).stdout,
             "another window in front")
    alice.click("push button", "Call Kitchen")
    for other in others[:-1]:
        other.click("push button", "Join")
    wait_for(lambda: notice(last, "Kitchen is calling"), "a notification of the call")
    told = notice(last, "Kitchen is calling")
    last.lab("notes", "click", told["id"], told["actions"][2])
    everybody = (alice, *others)
    names = [screen.name.capitalize() for screen in everybody]
    for screen, own in zip(everybody, names):
        for name in names:
            if name != own:
                screen.see("list item", name)
    check("'active'" in last.property("CallState") and "'Kitchen'" in last.property("CallName"),
          f"{len(everybody)} windows in a call of the group, one of them by the notification's button")
    alice.audit("a call of a group")
    alice.shot("group-call")
    others[0].lab("key", "ctrl+shift+m")
    alice.see("list item", f"{names[1]}, Muted")
    for screen in everybody:
        screen.tell("org.hark.Hark.HangUp")
    wait_for(lambda: not [s for s in everybody if "'none'" not in s.property("CallState")], "nobody in a call")
    check(True, "muted by the key, left over the session bus")


def beside(alice, cli):
    done = alice.lab("exec", cli, "contacts", must=False)
    check(done.returncode == 0 and "Bob" in done.stdout, "hark-cli answers beside the window")


def at_once(what, screens):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(what, screens))


def run(screens, node, program, cli):
    alice, bob, *more = screens
    port = node.wait("ready", 15)[1]["port"]
    at_once(lambda screen: screen.up(program, f"127.0.0.1:{port}"), screens)
    at_once(begin, screens)
    meet(alice, bob)
    chat(alice, bob)
    give(alice, bob)
    by_words(alice, bob)
    talk(alice, bob)
    for a, b in ((a, b) for i, b in enumerate(screens) for a in screens[:i] if b in more):
        befriend(a, b)
    gather(alice, bob, *more)
    confer(alice, bob, *more)
    beside(alice, cli)


def main(arguments):
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    program, cli = arguments[0], arguments[1]
    shots = pathlib.Path(arguments[arguments.index("--shots") + 1]).resolve() if "--shots" in arguments else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hark-windows-"))
    names = ("alice", "bob", "carol") if os.environ.get("HARK_LONG") else ("alice", "bob")
    screens = [Screen(name, folder, shots) for name in names]
    begun = time.monotonic()
    try:
        with Peer("node", [cli, "node", "--json", "--port", "0", "--bind", "127.0.0.1"], str(folder / "node.log")) as node:
            try:
                run(screens, node, program, cli)
            except (PeerError, subprocess.SubprocessError) as error:
                check(False, str(error))
            finally:
                for screen in screens:
                    log = screen.down()
                    bad = [line for line in log.split("\n") if "CRITICAL" in line or "WARNING" in line]
                    bad = [line for line in bad if not any(word in line for word in BRIDGE + CHOOSER)]
                    check(not bad, f"{screen.name}: no warnings {' '.join(bad[:3])}")
    finally:
        if "--keep" in arguments:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
