#!/usr/bin/env python3
"""test-second-day.py HARK HARK-CLI [--keep] [--shots DIR] - what two people do at their windows once they know each other.

Alice adds Bob by a picture of his code. They compare three words of a call and the number, switch receipts off and on, write in
a window of its own, make a group with a picture, give files in it and leave it; Alice adds a node that keeps her mail by the
words it shows; both programs end as by a crash, with a message that waits and one half written. HARK_LONG=1: a folder is
dropped on somebody in the list, a picture pasted, a folder given by words; a folder is shared, looked into and taken from;
small files come unasked into a folder of their own; least delay in mid-call; starting with the desktop; a code compared at 360
pixels. By role and accessible name, as in test-two-windows.py. Skipped (77) without the packages of tests/packages.
"""
import os
import subprocess
import sys

import windows
from windows import LONG, at_once, begin, check, png, wait_for


def verify(alice, bob):
    """By the three words of a call on both sides, then the number."""
    alice.click("push button", "Call Bob")
    bob.click("push button", "Answer")
    alice.click("push button", "Compare Words")
    bob.click("push button", "Compare Words")
    shown = [{line for line in screen.lab("ui", "list", "label").stdout.split("\n") if len(line.split()) == 3 and line.islower()}
             for screen in (alice, bob)]
    check(len(shown[0]) == 1 and shown[0] == shown[1], f"both windows show the same three words {shown}")
    alice.shot("words")
    alice.click("push button", "The Words Match")
    bob.click("push button", "The Words Match")
    for screen in (alice, bob):
        screen.see("label", "They match: nobody is between you.")
        screen.see("label", "Compared by voice: nobody is between you.")
    numbers = []
    for screen in (alice, bob):
        screen.click("radio button", "Number")
        screen.see("label", "/^[0-9 \n]{71}$/")
        numbers.append(screen.lab("ui", "get", "label", "/^[0-9 \n]{71}$/").stdout)
    check(numbers[0] == numbers[1], "and the same number")
    alice.shot("number")
    bob.click("push button", "They Match, Compared in Person")
    bob.see("label", "Compared in person: nobody is between you.")
    for screen in (alice, bob):
        close(screen, "Make Sure Who It Is")
        screen.see("icon", "Safety number compared")
    alice.click("push button", "Hang Up")
    bob.gone("push button", "Hang Up")


def add_by_picture(alice, bob):
    """That his window saved, dropped on the field for addresses."""
    picture, copied = alice.folder / "bobs-code.png", alice.folder / "copied.png"
    bob.click("toggle button", "Menu")
    bob.click("push button", "My Code and Link…")
    bob.click("push button", "Copy Picture")
    bob.see("push button", "Copied")
    bob.lab("exec", "sh", "-c", f"xclip -selection clipboard -t image/png -o >'{copied}'")
    bob.shot("code")
    bob.click("push button", "Save Picture…")
    bob.save(picture)
    # signature, width and height; how it is packed may differ
    check(copied.read_bytes()[:24] == picture.read_bytes()[:24], "a code is copied as a picture like the one that is saved")
    bob.lab("key", "Escape")
    alice.lab("key", "ctrl+n")
    alice.see("text", "Address or link")
    alice.lab("drop", picture, *alice.middle("text", "Address or link"))
    wait_for(lambda: alice.lab("ui", "get", "text", "Address or link").stdout.startswith("HARK:HK1"), "what the code says")
    alice.click("push button", "Add")
    bob.click("push button", "Accept", 30)
    for screen, there in ((alice, "Bob"), (bob, "Alice")):
        screen.see("list item", f"/^{there}, Online/", 30)
    check(True, "the picture of Bob's code, dropped on the field for addresses, adds him")


def by_code(alice, bob):
    """As by_words, at the width of a telephone: Alice reads Bob's code from a picture of his screen."""
    picture = alice.folder / "bobs-screen.png"
    for screen in (alice, bob):
        screen.width(360)
        screen.click("toggle button", "More about this person")
        screen.click("push button", "Make Sure Who It Is…")
        screen.click("radio button", "Code")
        screen.see("push button", "Read Theirs from a Picture…")
    bob.lab("shot", picture)
    alice.shot("code-360")
    alice.click("push button", "Read Theirs from a Picture…")
    alice.pick(picture, "Compare")
    alice.see("label", "Compared in person: nobody is between you.")
    for screen in (alice, bob):
        close(screen, "Make Sure Who It Is")
        screen.width(900)
    check(True, "at 360 pixels a code is shown, and read from a picture")


def about(screen):
    screen.click("toggle button", "More about this person")
    screen.click("push button", "About This Person…")
    screen.see("dialog", "About This Person")


def close(screen, *titles):
    """Dialogs, the innermost first."""
    for title in titles:
        screen.lab("key", "Escape")
        screen.gone("dialog", title)


def share(alice, bob):
    """Bob looks into a folder of Alice's and takes a part of it."""
    tree = alice.folder / "holiday"
    (tree / "day one").mkdir(parents=True, exist_ok=True)
    png(tree / "day one" / "beach.png")
    (tree / "list.txt").write_text("sun and bread")
    about(alice)
    alice.press("push button", "Share a folder with them: Choose…")
    alice.pick(tree, "Choose")
    alice.has("push button", "holiday: Share No More")
    about(bob)
    bob.press("push button", "What they share: Look…")
    bob.click("list item", "holiday")
    bob.click("list item", "day one")
    bob.see("list item", "beach.png")
    bob.shot("browse")
    bob.click("push button", "Take beach.png")
    bob.see("label", "/^It is on its way/")
    bob.click("push button", "Alice")
    bob.see("push button", "Take holiday")
    wait_for(lambda: bob.arrived("beach.png"), "what Bob took")
    close(bob, "Shared Folders", "About This Person")
    check([path.read_bytes() for path in bob.arrived("beach.png")] == [(tree / "day one" / "beach.png").read_bytes()]
          and not bob.arrived("list.txt"), "a folder is shared, looked into, and a part of it taken")
    alice.press("push button", "holiday: Share No More")
    alice.lacks("push button", "holiday: Share No More")
    close(alice, "About This Person")


def preferences(screen, page):
    screen.lab("key", "ctrl+comma")
    screen.click("radio button", page)


def tell(screen, on):
    preferences(screen, "General")
    for what in ("Tell when I have read a message", "Tell while I write"):
        screen.switch(what, on)
    screen.lab("key", "Escape")
    screen.gone("radio button", "General")


def receipts(alice, bob):
    """Nothing is told that the settings say shall not be; Bob's words come after what would have told it."""
    tell(bob, False)
    alice.write("Seen?")
    bob.see("label", "Seen?")
    bob.lab("ui", "click", "text", "Message")
    bob.lab("type", "Not told")
    silent = not alice.sees("label", "/is writing/")
    bob.lab("key", "Return")
    alice.see("label", "Not told")
    alice.see("list item", "/^You: Seen., .*delivered$/")
    check(silent, "neither reading nor writing is told by who does not want it")
    tell(bob, True)
    alice.write("And now?")
    alice.see("list item", "/^You: And now., .*read$/")
    bob.lab("ui", "click", "text", "Message")
    bob.lab("type", "Yes")
    alice.see("label", "Bob is writing…")
    bob.lab("key", "Return")
    alice.see("label", "Yes")
    check(True, "and are, once they are wanted again")


def unasked(alice, bob):
    """Small files of Alice's go into a folder of Bob's choice without a question; others ask."""
    folder, small, large = bob.folder / "from Alice", alice.folder / "small.bin", alice.folder / "large.bin"
    folder.mkdir(exist_ok=True)
    small.write_bytes(os.urandom(20_000))
    with large.open("wb") as sparse:
        sparse.truncate(10_000_001)
    about(bob)
    bob.switch("Take their files", True)
    bob.press("list item", "Taken unasked, up to")
    bob.click("label", "/^10.0/")
    bob.press("push button", "Into: Change…")
    bob.pick(folder, "Choose")
    bob.shot("unasked")
    close(bob, "About This Person")
    alice.lab("drop", small, large, *alice.middle("text", "Message"))
    wait_for(lambda: (folder / "small.bin").is_file(), "the small file where Bob wants it")
    bob.has("push button", "Refuse")
    check((folder / "small.bin").read_bytes() == small.read_bytes() and not bob.arrived("large.bin"),
          "a small file comes unasked and into its folder, a large one is asked about")
    bob.press("push button", "Refuse")
    bob.lacks("push button", "Refuse")


def least_delay(alice, bob):
    """In mid-call, and kept over it."""
    alice.click("push button", "Call Bob")
    bob.click("push button", "Answer")
    alice.see("label", "/^Bob, 0:0/")
    preferences(alice, "Calls")
    alice.switch("Least delay", True)
    alice.shot("least-delay")
    alice.lab("key", "Escape")
    alice.gone("radio button", "Calls")
    preferences(alice, "Calls")
    kept = "checked" in alice.has("toggle button", "Least delay")
    alice.lab("key", "Escape")
    alice.gone("radio button", "Calls")
    alice.see("label", "/connection: .* round trip/")
    bob.click("push button", "Hang Up")
    alice.gone("push button", "Hang Up")
    check(kept, "least delay is switched on during a call, which goes on")


def autostart(screen):
    entry = screen.folder / "lab" / screen.name / "config/autostart/org.hark.Hark.desktop"
    preferences(screen, "General")
    screen.switch("Start with the desktop", True)
    wait_for(entry.is_file, "the file that starts Hark with the desktop")
    text = entry.read_text()
    screen.switch("Start with the desktop", False)
    wait_for(lambda: not entry.exists(), "no such file")
    screen.lab("key", "Escape")
    screen.gone("radio button", "General")
    check("Exec=hark --hidden" in text, "the desktop starts Hark hidden, and no more when that is switched off")


def own_window(alice, bob):
    """Alice takes the conversation out of the main window, writes and reads there, and closes it."""
    alice.click("list item", "/^Bob,/")
    alice.lab("key", "ctrl+shift+o")
    alice.see("frame", "Bob")
    alice.see("label", "Choose somebody on the left to write or call.")
    alice.write("From a window of its own")
    bob.see("label", "From a window of its own")
    bob.write("Read there")
    alice.see("label", "Read there")
    bob.see("list item", "/^You: Read there, .*read$/")
    alice.audit("in a window of its own")
    alice.shot("own-window")
    alice.lab("key", "ctrl+w")
    alice.gone("frame", "Bob")
    alice.click("list item", "/^Bob,/")
    alice.see("label", "Read there")
    check(True, "a conversation in a window of its own, and back")


def group(alice, bob):
    """With a picture, a file dropped and one attached, and left again."""
    face, dropped, attached = alice.folder / "face.png", alice.folder / "tour.txt", bob.folder / "reply.txt"
    png(face)
    dropped.write_text("up the hill")
    attached.write_text("and down again")
    alice.lab("key", "ctrl+shift+n")
    alice.see("text", "Name of the group")
    alice.lab("ui", "set", "text", "Name of the group", "Walks")
    alice.click("check box", "Bob")
    alice.click("push button", "Create")
    bob.see("list item", "/^Walks, .* asks you in/", 30)
    bob.click("push button", "Accept")
    alice.see("list item", "/^Walks, 2 members/", 30)
    alice.click("list item", "/^Walks,/")
    bob.click("list item", "/^Walks,/")
    alice.click("push button", "About this group")
    alice.press("push button", "Choose a Picture…")
    alice.pick(face, "Choose")
    alice.has("push button", "No Picture")
    alice.shot("group-picture")
    close(alice, "About This Group")
    x, y = bob.middle("list item", "/^Walks,/")
    wait_for(lambda: bob.colour(30, y) == "D02020", "the picture's left half in Bob's list")
    alice.lab("drop", dropped, *alice.middle("text", "Message"))
    bob.press("push button", "Accept")
    wait_for(lambda: bob.arrived("tour.txt"), "what Alice dropped")
    bob.click("push button", "Attach files")
    bob.pick(attached, "Send")
    alice.press("push button", "Accept")
    wait_for(lambda: alice.arrived("reply.txt"), "what Bob attached")
    bob.shot("group-files")
    check([path.read_text() for path in bob.arrived("tour.txt") + alice.arrived("reply.txt")]
          == ["up the hill", "and down again"], "a group with a picture, a file dropped into it and one attached")
    bob.click("push button", "About this group")
    bob.press("push button", "Leave the Group…")
    bob.click("push button", "Leave")
    bob.has("push button", "Delete from This Computer…")
    close(bob, "About This Group")
    bob.see("list item", "/^Walks, You are not in this group any more/")
    alice.see("list item", "/^Walks, Everybody else has left/")
    check(True, "a group is left, and both see it")


def drop(alice, bob):
    """A folder dropped on somebody in the list, a picture pasted, a folder given by words."""
    tree, songs, picture = alice.folder / "recipes", alice.folder / "songs", alice.folder / "pasted.png"
    for folder, name in ((tree, "bread.txt"), (songs, "rain.txt")):
        folder.mkdir()
        (folder / name).write_text(name)
    png(picture)
    alice.click("list item", "/^Note to self,/")
    alice.lab("drop", tree, *alice.middle("list item", "/^Bob,/"))
    alice.see("push button", "Call Bob")
    bob.click("list item", "/^Alice,/")
    bob.press("push button", "Accept")
    wait_for(lambda: bob.arrived("bread.txt"), "the folder that was dropped on Bob's row")
    copy_picture(alice, picture)
    alice.lab("ui", "click", "text", "Message")
    alice.lab("key", "ctrl+v")
    alice.click("push button", "Send")
    bob.press("push button", "Accept")
    wait_for(lambda: [path for path in bob.arrived("*.png") if path.name.startswith("20")], "what was pasted")
    check(True, "a folder dropped on somebody in the list and a picture from the clipboard arrive")
    alice.click("toggle button", "Menu")
    alice.click("push button", "Give a Folder by Words…")
    alice.pick(songs, "Give")
    alice.click("push button", "Copy the Words")
    words = alice.lab("clip", "get").stdout
    bob.lab("key", "ctrl+n")
    bob.see("text", "Address or link")
    bob.lab("ui", "set", "text", "Address or link", words)
    bob.click("push button", "Take Files")
    bob.see("label", "/^All of it is here/", 60)
    for screen in (alice, bob):
        screen.click("push button", "Close")
    check(bob.arrived("rain.txt"), "a folder is given by words")


def mailbox(alice, port, cli):
    """A node of Alice's own: she types the words that it shows; a picture of a code is read there, too."""
    node = subprocess.Popen([cli, "--profile", alice.folder / "node", "node", "--mailbox", "--bind", "127.0.0.1", "--bootstrap",
                             f"127.0.0.1:{port}"], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        *said, last = until_words(node)
        check(any(line.startswith("Link: hk1") for line in said), "a new node shows its link and words")
        preferences(alice, "Network")
        field(alice)
        copy_picture(alice, alice.folder / "bobs-code.png")
        alice.lab("key", "ctrl+v")
        alice.see("label", "This is a contact; name them instead.")
        alice.lab("key", "Escape")
        alice.gone("label", "This is a contact; name them instead.")
        field(alice)
        alice.lab("type", last.split(": ")[1].replace("-", " "))
        alice.lab("key", "Return")
        alice.has("push button", "Mailbox: Remove", 60)
        alice.lab("key", "Tab", "Tab", "Tab")  # past the button for pictures: it scrolls into view
        alice.shot("mailbox")
        wait_for(lambda: "keeps mail for you" in alice.lab("exec", cli, "mailbox", "list").stdout, "that it keeps mail")
        check(True, "and keeps mail for who typed them")
        alice.lab("key", "Escape")
    finally:
        node.terminate()
        node.wait(20)


def until_words(node):
    """What it prints, with its words as the last line."""
    lines = []
    while not lines or not lines[-1].startswith("Words"):
        lines.append(node.stdout.readline().strip())
        if node.poll() is not None:
            raise windows.PeerError("the node ended")
    return lines


def field(screen):
    """The one for mailbox nodes, with nothing in it: before its button in the order of the keyboard."""
    screen.press("push button", "Own mailbox node: Add")
    screen.lab("key", "shift+Tab")


def copy_picture(screen, path):
    screen.lab("exec", "sh", "-c", f"xclip -selection clipboard -t image/png -i '{path}' >/dev/null 2>&1")


def crash(alice, bob):
    """Bob's window ends as by a crash, and Alice's, with a message that waits and one half written."""
    bob.kill()
    alice.see("list item", "/^Bob, (?!Online)/", 60)
    alice.click("list item", "/^Bob,/")
    alice.write("For when you are back")
    alice.see("list item", "/^You: For when you are back, /")
    alice.lab("ui", "click", "text", "Message")
    alice.lab("type", "Half a thou")
    alice.click("list item", "/^Note to self,/")
    alice.see("list item", "/^Bob, .*Half a thou/")
    alice.shot("waiting")
    alice.kill()
    alice.start()
    alice.see("list item", "/^Bob, .*Half a thou/", 30)
    check(not alice.sees("list item", "/unread/"), "what was seen, files too, is no news after it")
    alice.click("list item", "/^Bob,/")
    check(alice.lab("ui", "get", "text", "Message").stdout.strip() == "Half a thou", "what was half written is there")
    bob.start()
    bob.see("list item", "/^Alice, .*For when you are back/", 60)
    check(True, "a message that waited outlives the end of both programs")


def run(screens, port, program, cli):
    alice, bob = screens
    at_once(lambda screen: screen.up(program, f"127.0.0.1:{port}"), screens)
    at_once(begin, screens)
    add_by_picture(alice, bob)
    verify(alice, bob)
    receipts(alice, bob)
    own_window(alice, bob)
    group(alice, bob)
    mailbox(alice, port, cli)
    if LONG:
        drop(alice, bob)
        share(alice, bob)
        unasked(alice, bob)
        least_delay(alice, bob)
        autostart(alice)
        alice.click("list item", "/^Bob,/")
        bob.click("list item", "/^Alice,/")
        by_code(alice, bob)
    crash(alice, bob)


if __name__ == "__main__":
    sys.exit(windows.play(sys.argv[1:], ("alice", "bob"), run))
