#!/usr/bin/env python3
"""test-rough-day.py HARK HARK-CLI [--keep] [--shots DIR] - a window that is narrow, killed and flooded.

Alice adds Bob, an engine without a screen, and her window is killed at that moment; they compare words in a call at 360
pixels; an emoji is taken by its name; Bob leaves a group; a flood of his is read while she writes; the file of a closed
network is dropped on the window, refused, opened and joined. By role and accessible name, as in test-two-windows.py.
Skipped (77) without the packages of tests/packages.
"""
import subprocess
import sys
import threading

import windows
from windows import Peer, begin, check

FLOOD = 1000
# how long the main loop leaves questions of the session bus unanswered, in ms: the longest
PROBE = """
import sys, time
from gi.repository import Gio, GLib
bus, longest = Gio.bus_get_sync(Gio.BusType.SESSION), 0
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    at = time.monotonic()
    bus.call_sync("org.hark.Hark", "/org/hark/Hark", "org.freedesktop.DBus.Properties", "Get",
                  GLib.Variant("(ss)", ("org.hark.Hark", "CallState")), None, 0, 30000, None)
    longest = max(longest, time.monotonic() - at)
    time.sleep(0.005)
print(f"{1e3 * longest:.0f}")
"""


def add(alice, bob):
    """Her window is killed as soon as the dialog says it is done."""
    address = bob.command("address")["address"]
    alice.lab("key", "ctrl+n")
    alice.see("text", "Address or link")
    alice.lab("ui", "set", "text", "Address or link", address)
    alice.click("push button", "Add")
    alice.gone("dialog", "Add a Person")
    alice.kill()
    alice.start()
    alice.see("list item", "/^Bob, Online/", 60)
    check(True, "who was added right before the window was killed is there after it")
    return bob.wait("request", 1)[1]["contact"]


def words(alice):
    alice.click("list item", "/^Bob,/")
    alice.width(360)
    alice.click("push button", "Call Bob")
    alice.click("push button", "Compare Words", 30)
    alice.see("push button", "The Words Match")
    alice.shot("words-360")
    alice.lab("key", "Escape")
    alice.see("label", "/^Say to each other: /")
    check(alice.middle("push button", "Record a voice message")[0] < 360, "with the words of a call the window is not wider")
    alice.shot("call-360")
    alice.press("push button", "Hang Up")  # a click may still be for the dialog that goes
    alice.gone("push button", "Hang Up")
    alice.width(900)


def emoji(alice):
    alice.lab("ui", "click", "text", "Message")
    alice.lab("type", "Tea :teapo")
    alice.see("list item", "/teapot/")
    alice.shot("shortcodes")
    alice.lab("key", "Tab", "Return")
    alice.see("list item", "/^You: Tea \U0001fad6/")
    check(True, "an emoji by its name")


def group(alice, bob):
    alice.lab("key", "ctrl+shift+n")
    alice.see("text", "Name of the group")
    alice.lab("ui", "set", "text", "Name of the group", "Walks")
    alice.click("check box", "Bob")
    alice.click("push button", "Create")
    of_group = bob.wait("group", 30)[1]
    bob.command("group-accept", group=of_group["group"])
    alice.see("list item", "/^Walks, 2 members/", 30)
    alice.click("list item", "/^Walks,/")
    bob.command("group-leave", group=of_group["group"])
    alice.see("label", "/Bob.*left/", 30)
    alice.shot("left")
    check(True, "who left a group is said in it")


def flood(alice, bob, account):
    alice.click("list item", "/^Note to self,/")
    probe = subprocess.Popen(alice.words("exec", "/usr/bin/python3", "-c", PROBE, "8"), env=alice.env, text=True,
                             stdout=subprocess.PIPE)
    sender = threading.Thread(target=lambda: [bob.send("send", contact=account, text=f"flood {n}") for n in range(FLOOD)])
    sender.start()
    alice.click("list item", "/^Bob,/")
    alice.write("Slower, please")
    alice.see("list item", "/^You: Slower, please/")
    sender.join()
    alice.has("label", f"flood {FLOOD - 1}", 60)
    longest = probe.communicate()[0].strip()
    alice.shot("flooded")
    check(True, f"a flood of {FLOOD} messages is read, and written against; the main loop was busy for {longest} ms at most")


def network(alice, cli):
    alice.file = alice.folder / "house.hark"
    subprocess.run([cli, "network", "export", alice.file, "--title", "House"], check=True, stderr=subprocess.DEVNULL)
    alice.lab("drop", alice.file, *alice.middle("list item", "/^Note to self,/"))
    alice.see("label", "Join the closed network “House”?")
    alice.shot("network")
    alice.click("push button", "Cancel")
    alice.gone("label", "Join the closed network “House”?")
    alice.lab("exec", *alice.words_of_start, alice.file)
    alice.see("label", "Join the closed network “House”?")
    alice.click("push button", "Join")
    alice.lab("key", "ctrl+comma")
    alice.click("radio button", "Network")
    alice.has("push button", "In a sealed network: Copy", 30)
    alice.shot("joined")
    check(True, "the file of a closed network, dropped and refused, opened and joined")


def run(screens, port, program, cli):
    alice, bootstrap = screens[0], f"127.0.0.1:{port}"
    profile = str(alice.folder / "bob")
    alice.up(program, bootstrap)
    begin(alice)
    subprocess.run([cli, "--profile", profile, "init", "--name", "Bob", "--no-passphrase", "--quiet-words"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Peer("bob", [cli, "--profile", profile, "run", "--json", "--port", "0", "--bind", "127.0.0.1", "--bootstrap", bootstrap,
                      "--auto-accept-requests", "--auto-answer", "--mic", f"wav-loop:{windows.SPEECH}", "--speaker", "none"],
              str(alice.folder / "bob.log")) as bob:
        bob.wait("ready", 15)
        account = add(alice, bob)
        words(alice)
        emoji(alice)
        group(alice, bob)
        flood(alice, bob, account)
        network(alice, cli)


if __name__ == "__main__":
    sys.exit(windows.play(sys.argv[1:], ("alice",), run))
