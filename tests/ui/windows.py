"""windows.py - people at windows of Hark, for the tests beside it.

A Screen is one person: a private desktop (tests/lab/guilab) and hark on it, used by mouse and keys; what is there is found by role
and accessible name, and waited for. play() starts as many as are named, beside a hark-cli node that they find each other
through, and ends them again.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GUILAB = ROOT / "tests/lab/guilab"
SPEECH = ROOT / "tests/lab/speech.wav"
TOOLS = ("Xvfb", "dbus-daemon", "xdotool", "xclip", "xfwm4", "xprop", "gdbus", "import")
BRIDGE = ("Atk-CRITICAL", "g_object_unref", "gtk_container_forall")  # about accessibles GTK keeps of widgets that are gone
CHOOSER = ("WIDGET_REALIZED_FOR_EVENT", "gtk_tree_model")  # of GTK's dialog, when a path is typed into it
DESKTOP = ("org.freedesktop.portal.Inhibit",)  # asked by GTK of desktops that have no such thing
LONG = bool(os.environ.get("HARK_LONG"))
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


def wait_for(done, what, seconds=30):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise PeerError(f"not seen in {seconds} s: {what}")
        time.sleep(0.2)


class Screen:
    """One person: a desktop and the window on it."""

    def __init__(self, name, folder, shots):
        self.name, self.folder, self.shots = name, folder, shots
        self.env = {**os.environ, "GUILAB_DIR": str(folder / "lab")}
        self.eye = None
        self.link = None

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

    # ---- the program ----

    def up(self, program, bootstrap):
        self.lab("up", "1000x720")
        self.words_of_start = [program, "--bind", "127.0.0.1", "--bootstrap", bootstrap, "--mic", f"wav-loop:{SPEECH}",
                               "--speaker", f"wav:{self.speaker()}"]
        self.start()

    def start(self):
        self.lab("run", *self.words_of_start)

    def process(self):
        """Its number; None: it does not run."""
        found = subprocess.run(["pgrep", "-fx", " ".join(map(str, self.words_of_start))], text=True, stdout=subprocess.PIPE)
        return int(found.stdout.split()[0]) if found.stdout else None

    def ended(self):
        wait_for(lambda: self.process() is None, f"{self.name}: the end of Hark")

    def quit(self):
        self.lab("key", "ctrl+q")
        self.ended()

    def kill(self):
        """As a crash ends it: nothing is said goodbye to."""
        os.kill(self.process(), signal.SIGKILL)
        self.ended()

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

    def down(self):
        self.lab("key", "ctrl+q", must=False)
        time.sleep(1)
        log = self.lab("log", must=False).stdout
        self.eye.stdin.close()
        self.eye.wait(10)
        self.lab("down", must=False)
        return log

    # ---- eyes and hands ----

    def see(self, role, name, seconds=20):
        self.lab("ui", "wait", role, name, seconds)

    def sees(self, role, name):
        """Whether it shows now."""
        return self.lab("ui", "wait", role, name, 0, must=False).returncode == 0

    def has(self, role, name, seconds=20):
        """Its role, name and states, be it scrolled out of view."""
        return self.lab("ui", "there", role, name, seconds).stdout

    def lacks(self, role, name, seconds=20):
        wait_for(lambda: self.lab("ui", "there", role, name, 0, must=False).returncode, f"{self.name}: no {role} {name!r}",
                 seconds)

    def gone(self, role, name, seconds=20):
        wait_for(lambda: not self.sees(role, name), f"{self.name}: no {role} {name!r} more", seconds)

    def click(self, role, name, seconds=20):
        self.see(role, name, seconds)
        self.lab("ui", "click", role, name)

    def press(self, role, name, seconds=20):
        """By the keyboard: what is below the edge of a page scrolls into view."""
        self.lab("ui", "press", role, name, seconds)

    def switch(self, name, on):
        """It moves for a moment before it is where it was set."""
        if ("checked" in self.has("toggle button", name)) != on:
            self.press("toggle button", name)
        wait_for(lambda: ("checked" in self.has("toggle button", name)) == on, f"{self.name}: {name} is {on}")

    def write(self, text):
        self.lab("ui", "click", "text", "Message")
        self.lab("type", text)
        self.lab("key", "Return")

    def pick(self, path, verb):
        """In GTK's dialog for files, whose button says @verb."""
        self.see("push button", verb)
        self.lab("key", "slash")  # opens its field for a path
        self.see("text", "/./")
        self.lab("type", str(path)[1:])
        self.lab("key", "Delete", "Return")  # what it guesses behind the path is not meant
        self.gone("push button", verb)

    def save(self, path):
        """In GTK's dialog for a file that is to be written."""
        self.see("push button", "Save")
        self.lab("key", "ctrl+a")  # the name it offers
        self.lab("type", str(path))
        self.lab("key", "Return")
        self.gone("push button", "Save")
        wait_for(path.is_file, f"{path.name} is written")

    def middle(self, role, name):
        place = self.lab("ui", "get", role, name).stderr
        x, y, width, height = (int(n) for n in place[place.rindex("(") + 1:place.rindex(")")].split(","))
        return x + width // 2, y + height // 2

    def width(self, pixels):
        """Of the window that is in front, as it is seen: without its shadow of 26 to each side."""
        self.lab("exec", "sh", "-c", f"xdotool windowsize --sync $(xdotool getactivewindow) {pixels + 52} 692")

    def colour(self, x, y):
        """Of one pixel, as RRGGBB."""
        shown = self.lab("exec", "import", "-window", "root", "-crop", f"1x1+{x}+{y}", "-depth", "8", "txt:-").stdout
        return re.search(r"#([0-9A-F]{6})", shown)[1]

    def arrived(self, name):
        return [path for path in (self.folder / "lab" / self.name).rglob(name) if path.is_file()]

    def notice(self, words):
        """The one that shows now and begins with @words."""
        found = [note for note in json.loads(self.lab("notes").stdout)
                 if note["open"] and note["summary"].startswith(words)]
        return found[0] if found else None

    def shot(self, what):
        if self.shots:
            self.lab("shot", self.shots / f"{self.name}-{what}.png", must=False)

    def audit(self, where):
        done = self.lab("ui", "audit", "hark", must=False)
        check(done.returncode == 0, f"{self.name}: every widget has a name, {where} {done.stdout.strip()}")


# ---- what people do first ----

def begin(screen):
    """The name, and one button; the answer is the link to oneself."""
    screen.see("push button", "Start", 40)
    screen.lab("ui", "set", "text", "Your name", screen.name.capitalize())
    screen.click("push button", "Start")
    screen.click("push button", "Copy My Link")
    screen.see("label", "/^Copied/")
    screen.link = screen.lab("clip", "get").stdout
    screen.shot("first")


def befriend(one, other):
    one.open(other.link)
    one.lab("key", "Return")
    other.click("push button", "Accept", 30)
    for screen, there in ((one, other), (other, one)):
        screen.see("list item", f"/^{there.name.capitalize()}, Online/", 30)


def png(path):
    """A picture of 320 x 200, half red and half blue."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    line = b"\0" + b"\xd0\x20\x20" * 160 + b"\x20\x20\xd0" * 160
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 320, 200, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(line * 200)) + chunk(b"IEND", b""))


def at_once(what, screens):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(what, screens))


# ---- the whole of a test ----

def end(screens):
    for screen in screens:
        log = screen.down()
        bad = [line for line in log.split("\n") if "CRITICAL" in line or "WARNING" in line]
        bad = [line for line in bad if not any(word in line for word in BRIDGE + CHOOSER + DESKTOP)]
        check(not bad, f"{screen.name}: no warnings {' '.join(bad[:3])}")


def play(arguments, names, run, kind=Screen):
    """run(SCREENS, PORT, HARK, HARK-CLI) with a screen for each of @names and a node at PORT; the exit status."""
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    program, cli = arguments[0], arguments[1]
    shots = pathlib.Path(arguments[arguments.index("--shots") + 1]).resolve() if "--shots" in arguments else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hark-windows-"))
    screens = [kind(name, folder, shots) for name in names]
    begun = time.monotonic()
    try:
        with Peer("node", [cli, "node", "--json", "--port", "0", "--bind", "127.0.0.1"], str(folder / "node.log")) as node:
            try:
                run(screens, node.wait("ready", 15)[1]["port"], program, cli)
            except (PeerError, subprocess.SubprocessError) as error:
                check(False, str(error))
            finally:
                end(screens)
    finally:
        if "--keep" in arguments:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if failures else 0
