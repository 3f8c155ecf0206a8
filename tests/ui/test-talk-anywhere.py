#!/usr/bin/env python3
"""test-talk-anywhere.py HARK HARK-CLI [--keep] [--shots DIR] - push to talk while another window is in front.

Alice's window on a private desktop, Bob a hark-cli; another window has the keyboard. By X11 the key is Hark's in a call, and
goes to the other window before and after; then the same by a real xdg-desktop-portal, with a desktop of our own behind it
(tests/lab/keydesktop.py), which also mutes, refuses and ends. Skipped (77) without the packages of tests/packages.
"""
import pathlib
import subprocess
import sys
import time

import windows
from windows import HERE, Peer, begin, check, wait_for

PORTAL = pathlib.Path("/usr/libexec/xdg-desktop-portal")
OTHER = """
import gi; gi.require_version("Gtk", "3.0"); from gi.repository import Gtk, Gdk
w = Gtk.Window(title="Other"); w.connect("key-press-event", lambda w, e: print(Gdk.keyval_name(e.keyval), flush=True))
w.show_all(); w.present(); Gtk.main()
"""
ABOUT = "[portal]\nDBusName=org.freedesktop.impl.portal.desktop.lab\nInterfaces=org.freedesktop.impl.portal.GlobalShortcuts\nUseIn=gnome\n"


def muted(alice):
    return "true" in alice.property("Muted")


def is_muted(alice, wanted, what):
    wait_for(lambda: muted(alice) == wanted, what)


def key(alice, how):
    alice.lab("exec", "xdotool", how, "F8")


def call(alice):
    alice.click("push button", "Call Bob")
    alice.see("label", "/^Bob, 0:0/")


def hang_up(alice):
    alice.click("push button", "Hang Up")
    alice.gone("push button", "Hang Up")


def anywhere(alice, on):
    alice.click("list item", "/^Bob,/")
    alice.lab("key", "ctrl+comma")
    alice.click("radio button", "Calls")
    alice.switch("Push to talk from any window", on)
    alice.shot("preferences")
    alice.lab("key", "Escape")
    alice.gone("radio button", "Calls")


class Other:
    """Somebody else's window, with the keyboard."""

    def __init__(self, alice):
        self.alice = alice
        self.log = alice.folder / "other.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(alice.words("exec", "/usr/bin/python3", "-c", OTHER), env=alice.env, stdout=log)
        wait_for(lambda: self.front(must=False).returncode == 0, "the other window")

    def front(self, must=True):
        return self.alice.lab("exec", "xdotool", "search", "--name", "^Other$", "windowactivate", "--sync", must=must)

    def heard(self):
        return self.log.read_text().split()

    def end(self):
        self.process.terminate()
        self.process.wait()


def by_x11(alice, other):
    anywhere(alice, True)
    other.front()
    key(alice, "key")
    wait_for(lambda: other.heard() == ["F8"], "the key goes to the other window without a call")
    call(alice)
    other.front()
    key(alice, "keydown")
    is_muted(alice, True, "who is heard is silent while the key is held")
    key(alice, "keyup")
    is_muted(alice, False, "and heard again")
    alice.tell("org.hark.Hark.SetMuted", "true")
    is_muted(alice, True, "muted")
    key(alice, "keydown")
    is_muted(alice, False, "who is muted is heard while the key is held")
    alice.lab("exec", "xdotool", "key", "--clearmodifiers", "Shift_L")
    check(not muted(alice), "another key changes nothing")
    key(alice, "keyup")
    is_muted(alice, True, "and not after it")
    check(other.heard() == ["F8"], f"the other window saw none of that {other.heard()}")
    alice.tell("org.hark.Hark.HangUp")
    alice.gone("push button", "Hang Up")
    other.front()
    key(alice, "key")
    wait_for(lambda: other.heard() == ["F8", "F8"], "after the call the key is the other window's")
    check(True, "push to talk with another window in front, by X11")
    alice.lab("exec", *alice.words_of_start, "--hidden")
    time.sleep(1)
    front = alice.lab("exec", "xdotool", "getactivewindow", "getwindowname").stdout.strip()
    check(front == "Other", f"a second start that is to be hidden leaves it in front ({front})")


class Desktop:
    """A real portal and what is behind it."""

    def __init__(self, alice):
        folder = alice.folder / "portals"
        folder.mkdir()
        (folder / "lab.portal").write_text(ABOUT)
        self.backend = subprocess.Popen(alice.words("exec", "/usr/bin/python3", HERE.parent / "lab/keydesktop.py"), env=alice.env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.hears("ready")
        self.portal = subprocess.Popen(alice.words("exec", "env", f"XDG_DESKTOP_PORTAL_DIR={folder}", PORTAL, "-r"), env=alice.env,
                                       stderr=open(alice.folder / "portal.log", "wb"))
        wait_for(lambda: alice.lab("exec", "gdbus", "call", "--session", "--dest", "org.freedesktop.portal.Desktop", "--object-path",
                                   "/org/freedesktop/portal/desktop", "--method", "org.freedesktop.DBus.Properties.Get",
                                   "org.freedesktop.portal.GlobalShortcuts", "version", must=False).returncode == 0, "the portal")

    def tell(self, *words):
        self.backend.stdin.write(" ".join(words) + "\n")
        self.backend.stdin.flush()

    def hears(self, line):
        wait = time.monotonic() + 30
        while (got := self.backend.stdout.readline().strip()) != line:
            if not got or time.monotonic() > wait:
                raise windows.PeerError(f"the desktop did not hear {line!r}")

    def end(self):
        for process in (self.portal, self.backend):
            process.terminate()
            process.wait()


def by_portal(alice, other, desktop):
    call(alice)
    desktop.hears("bound talk mute")
    other.front()
    desktop.tell("press", "talk")
    is_muted(alice, True, "silent while the desktop's key is held")
    desktop.tell("release", "talk")
    is_muted(alice, False, "and heard again")
    desktop.tell("press", "mute")
    desktop.tell("release", "mute")
    is_muted(alice, True, "the desktop's other key mutes")
    desktop.tell("press", "talk")
    is_muted(alice, False, "heard while it is held")
    desktop.tell("close")
    is_muted(alice, True, "and no longer, as nobody knows whether it is held")
    alice.tell("org.hark.Hark.HangUp")
    alice.gone("push button", "Hang Up")
    desktop.tell("refuse")
    call(alice)
    desktop.hears("refused talk mute")
    check(not muted(alice), "a desktop that refuses holds nothing up")
    hang_up(alice)
    anywhere(alice, False)
    call(alice)
    alice.see("label", "/connection: .* round trip/")
    hang_up(alice)
    check(True, "push to talk and mute with another window in front, by the desktop's portal")


def run(screens, port, program, cli):
    alice, = screens
    profile, bootstrap = str(alice.folder / "bob"), f"127.0.0.1:{port}"
    subprocess.run([cli, "--profile", profile, "init", "--name", "Bob", "--no-passphrase", "--quiet-words"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    settings = alice.folder / "lab/alice/config/hark/settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[Hark]\ntalk-key=F8\n")
    alice.up(program, bootstrap)
    begin(alice)
    with Peer("bob", [cli, "--profile", profile, "run", "--json", "--port", "0", "--bind", "127.0.0.1", "--bootstrap", bootstrap,
                      "--auto-accept-requests", "--auto-answer", "--mic", "none", "--speaker", "none"],
              str(alice.folder / "bob.log")) as bob:
        alice.link = bob.command("address")["address"]
        alice.open(f"hark:{alice.link}" if not alice.link.startswith("hark:") else alice.link)
        alice.lab("key", "Return")
        alice.see("list item", "/^Bob, Online/", 30)
        other = Other(alice)
        try:
            by_x11(alice, other)
            alice.click("list item", "/^Bob,/")
            alice.quit()
            desktop = Desktop(alice)
            try:
                alice.lab("run", "env", "XDG_SESSION_TYPE=wayland", *alice.words_of_start)
                alice.see("list item", "/^Bob, Online/", 30)
                alice.click("list item", "/^Bob,/")
                by_portal(alice, other, desktop)
            finally:
                desktop.end()
        finally:
            other.end()


if __name__ == "__main__":
    if not PORTAL.exists():
        print("skipped: xdg-desktop-portal is not installed")
        sys.exit(77)
    sys.exit(windows.play(sys.argv[1:], ("alice",), run))
