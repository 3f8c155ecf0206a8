#!/usr/bin/env python3
"""test-two-windows.py HARK HARK-CLI [--keep] [--shots DIR] - two people and two windows, used as a person uses them.

Alice and Bob start hark on screens of their own (tests/lab/guilab), on loopback, with a hark-cli node as bootstrap.
They say their names, Alice opens Bob's link, Bob accepts, both write, Alice drops files and a folder, Bob sees the
preview and takes them, and another by words that Alice's window shows; they talk, with Bob's side of it done over the
session bus, and have a call in a group that a notification leads to. HARK_LONG=1: with Carol, three windows.
Everything is found by role and accessible name. --shots keeps pictures. Skipped (77) without the packages of
tests/packages.
"""
import os
import struct
import sys
import wave

import windows
from windows import LONG, at_once, befriend, begin, check, png, wait_for


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


def chat(alice, bob):
    alice.write("Hello <b>Bob</b>")
    bob.see("label", "Hello <b>Bob</b>")
    bob.write("Hello Alice")
    alice.see("label", "Hello Alice")
    alice.see("list item", "/^You: Hello <b>Bob<.b>, .*(delivered|read)$/")
    check(True, "a message each way, markup as it was typed, its state in words")


def give(alice, bob):
    source, picture, tree = (alice.folder / name for name in ("notes and plans.bin", "beach.png", "tree"))
    source.write_bytes(os.urandom(3_000_000))
    png(picture)
    (tree / "deep").mkdir(parents=True)
    (tree / "deep" / "leaf").write_bytes(b"green")
    # over the text or above it, they are files; all of them at once
    alice.lab("drop", source, picture, tree, *alice.middle("text", "Message"))
    bob.see("label", "/^3 files wait for your answer/")
    bob.has("icon", "Small picture that Alice sent along")
    check(not bob.arrived("beach*"), "a preview came with the offer, and nothing else")
    bob.shot("offer")
    bob.audit("offers")
    bob.press("push button", "Accept")
    bob.see("label", "/^2 files wait for your answer/")
    bob.click("push button", "Accept all files that wait in this conversation")
    bob.gone("label", "/wait for your answer/")
    alice.see("label", "/on Bob's disk/", 30)
    wait_for(lambda: bob.arrived("notes and plans*") and bob.arrived("leaf") and bob.arrived("beach*"), "all files")
    bob.has("push button", "Open")
    bob.has("push button", "Show in Folder")
    wait_for(lambda: "Resume" not in bob.lab("ui", "list", "push button").stdout, "nothing under way")
    check([path.read_bytes() for name in ("notes and plans*", "beach*", "leaf") for path in bob.arrived(name)]
          == [source.read_bytes(), picture.read_bytes(), b"green"], "files and a folder dropped at once arrived as they were")


def by_words(alice, bob):
    """From one window to another; they need not know each other for it."""
    gift = alice.folder / "gift.bin"
    gift.write_bytes(os.urandom(200_000))
    alice.click("toggle button", "Menu")
    alice.click("push button", "Give Files by Words…")
    alice.pick(gift, "Give")
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
    check([path.read_bytes() for path in bob.arrived("gift.bin")] == [gift.read_bytes()],
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
        other.see("list item", "/^Kitchen, .* asks you in/", 30)
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


def confer(alice, *others):
    """All in one call of the group; the last is elsewhere, and comes by the notification."""
    last = others[-1]
    last.lab("exec", "sh", "-c", "xdotool getactivewindow windowminimize")
    wait_for(lambda: "Hark" not in last.lab("exec", "xdotool", "getactivewindow", "getwindowname", must=False).stdout,
             "another window in front")
    alice.click("push button", "Call Kitchen")
    for other in others[:-1]:
        other.click("push button", "Join")
    wait_for(lambda: last.notice("Kitchen is calling"), "a notification of the call")
    told = last.notice("Kitchen is calling")
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


def run(screens, port, program, cli):
    alice, bob, *more = screens
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


if __name__ == "__main__":
    sys.exit(windows.play(sys.argv[1:], ("alice", "bob", "carol") if LONG else ("alice", "bob"), run))
