#!/usr/bin/env python3
"""test-two-windows.py HARK HARK-CLI [--keep] [--shots DIR] - two people and two windows, used as a person uses them.

Alice and Bob start hark on screens of their own (tests/lab/guilab), on loopback, with a hark-cli node as bootstrap.
They say their names, Alice adds Bob's address, Bob accepts, both write, Alice drops files and a folder, Bob sees the
preview and takes them, takes another by four words from a terminal, they talk.
Everything is found by role and accessible name. --shots keeps pictures. Skipped (77) without the packages of
tests/packages.
"""
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
BRIDGE = ("Atk-CRITICAL", "g_object_unref", "gtk_container_forall")
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

    def lab(self, *arguments, must=True):
        done = subprocess.run([str(GUILAB), "-n", self.name, *map(str, arguments)], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=90)
        if must and done.returncode:
            self.shot("failed")
            raise PeerError(f"{self.name}: {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout}")
        return done

    def up(self, program, bootstrap):
        self.lab("up", "1000x720")
        self.lab("run", program, "--profile", self.folder / self.name, "--bind", "127.0.0.1", "--bootstrap", bootstrap,
                 "--mic", f"wav-loop:{SPEECH}", "--speaker", f"wav:{self.speaker()}")

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
        self.lab("down", must=False)
        return log


def begin(alice, bob):
    for screen in (alice, bob):
        screen.see("push button", "Start", 40)
        screen.lab("ui", "set", "text", "Your name", screen.name.capitalize())
        screen.click("push button", "Start")
        screen.see("push button", "Copy My Link")
        screen.audit("empty list")
    bob.click("push button", "Copy My Link")
    bob.see("label", "/^Copied/")
    link = bob.lab("clip", "get").stdout
    check(link.startswith("hark:hk1"), f"Bob's link is in the clipboard ({len(link)} letters)")
    bob.shot("first")
    return link


def meet(alice, bob, address):
    alice.lab("key", "ctrl+n")
    alice.see("text", "Address or link")
    alice.lab("ui", "set", "text", "Address or link", address[:-1] + ("q" if address[-1] != "q" else "p"))
    time.sleep(0.5)
    alice.audit("a wrong address")
    alice.shot("wrong-address")
    alice.lab("ui", "set", "text", "Address or link", address)
    alice.lab("ui", "set", "text", "Message with the request", "It is me")
    alice.click("push button", "Add")
    bob.see("label", "It is me", 30)
    bob.shot("request")
    bob.audit("a request")
    bob.click("push button", "Accept")
    alice.see("list item", "/^Bob, Online/", 30)
    bob.see("list item", "/^Alice, Online/", 30)
    check(True, "Alice and Bob are contacts and online")


def chat(alice, bob):
    alice.click("list item", "/^Bob, Online/")
    alice.write("Hello <b>Bob</b>")
    bob.see("list item", "/^Alice, .* 1 unread/")
    bob.click("list item", "/^Alice, /")
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


def by_words(alice, bob, cli, port):
    """Alice gives in a terminal, to Bob's window."""
    gift = alice.folder / "gift.bin"
    gift.write_bytes(os.urandom(200_000))
    giver = subprocess.Popen([cli, "give", "--words", gift, "--bind", "127.0.0.1", "--bootstrap", f"127.0.0.1:{port}"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        words = giver.stdout.readline().strip()
        bob.lab("key", "ctrl+n")
        bob.see("text", "Address or link")
        bob.lab("ui", "set", "text", "Address or link", words.replace("-", " "))
        bob.click("push button", "Take Files")
        bob.see("label", "/^All of it is here/", 60)
        bob.shot("by-words")
        bob.audit("files taken by words")
        bob.click("push button", "Close")
        check(giver.wait(30) == 0 and [path.read_bytes() for path in arrived(bob, "gift.bin")] == [gift.read_bytes()],
              "what was given by words in a terminal is taken in the window")
    finally:
        giver.kill()
        giver.wait()


def loudest(path):
    with wave.open(str(path)) as sound:
        frames = sound.readframes(sound.getnframes())
    return max((abs(n) for (n,) in struct.iter_unpack("<h", frames[:len(frames) // 2 * 2])), default=0)


def talk(alice, bob):
    alice.click("push button", "Call Bob")
    bob.see("label", "Alice is calling")
    bob.shot("ringing")
    bob.audit("an incoming call")
    bob.click("push button", "Answer")
    for screen, other in ((alice, "Bob"), (bob, "Alice")):
        screen.see("label", f"/^{other}, 0:0/")
        screen.see("label", "/connection: .* round trip/")
    alice.shot("call")
    bob.click("push button", "Mute the microphone")
    bob.see("push button", "Unmute the microphone")
    alice.audit("a call")
    time.sleep(1)
    alice.click("push button", "Hang Up")
    alice.see("label", "/^You called, 0:/")
    bob.see("label", "/^Call, 0:/")
    alice.shot("after")
    check(loudest(bob.speaker()) > 1000, "Bob heard Alice")


def gather(alice, bob):
    alice.lab("key", "ctrl+shift+n")
    alice.see("text", "Name of the group")
    alice.lab("ui", "set", "text", "Name of the group", "Kitchen")
    alice.click("check box", "Bob")
    alice.audit("a new group")
    alice.shot("new-group")
    alice.click("push button", "Create")
    bob.see("list item", "/^Kitchen, Somebody asks you/", 30)
    bob.click("push button", "Accept")
    alice.see("list item", "/^Kitchen, 2 members/", 30)
    alice.click("list item", "/^Kitchen,/")
    alice.see("push button", "About this group")
    alice.write("Who brings the kettle?")
    bob.see("list item", "/^Kitchen, .* 1 unread/", 30)
    bob.click("list item", "/^Kitchen,/")
    bob.see("list item", "/^Alice: Who brings the kettle/")
    bob.audit("a group")
    bob.shot("group")
    check(True, "a group of both, written to by one and read by the other with the author's name")


def beside(alice, cli):
    done = alice.lab("exec", cli, "--profile", alice.folder / "alice", "contacts", must=False)
    check(done.returncode == 0 and "Bob" in done.stdout, "hark-cli answers beside the window")


def run(alice, bob, node, program, cli):
    port = node.wait("ready", 15)[1]["port"]
    for screen in (alice, bob):
        screen.up(program, f"127.0.0.1:{port}")
    address = begin(alice, bob)
    meet(alice, bob, address)
    chat(alice, bob)
    give(alice, bob)
    by_words(alice, bob, cli, port)
    talk(alice, bob)
    gather(alice, bob)
    beside(alice, cli)


def main(arguments):
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    program, cli = arguments[0], arguments[1]
    shots = pathlib.Path(arguments[arguments.index("--shots") + 1]).resolve() if "--shots" in arguments else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hark-windows-"))
    alice, bob = Screen("alice", folder, shots), Screen("bob", folder, shots)
    begun = time.monotonic()
    try:
        with Peer("node", [cli, "node", "--json", "--port", "0", "--bind", "127.0.0.1"], str(folder / "node.log")) as node:
            try:
                run(alice, bob, node, program, cli)
            except (PeerError, subprocess.SubprocessError) as error:
                check(False, str(error))
            finally:
                for screen in (alice, bob):
                    log = screen.down()
                    bad = [line for line in log.split("\n") if "CRITICAL" in line or "WARNING" in line]
                    # GTK's accessibility bridge, about accessibles it keeps of widgets that are gone
                    bad = [line for line in bad if not any(word in line for word in BRIDGE)]
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
