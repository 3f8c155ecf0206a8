#!/usr/bin/env python3
"""test-account-window.py HARK HARK-CLI DYING-TEXT [--keep] [--shots DIR] - an account's life in one window, with the real engine.

Made with a passphrase and its 24 words read, a note written and one spoken, locked, unlocked, backed up, deleted and brought
back by backup and words, with the note in it. Then a note ends whoever lays it out (DYING-TEXT, dying-text.c): Hark dies
twice and no more, and the others stay. Everything is found by role and accessible name. HARK_LONG=1 also starts it anew
and looks for controls without a name. Skipped (77) without the packages of tests/packages.
"""
import os
import subprocess
import sys

import windows
from windows import LONG, check

PASSPHRASE = "five green kettles"
POISON = "Polish the kettle"


class Window(windows.Screen):
    def up(self, program, bootstrap=None):
        self.lab("up", "1000x720")
        self.words_of_start = [program, "--profile", self.folder / "profile", "--bind", "127.0.0.1", "--no-dht",
                               "--mic", f"wav-loop:{windows.SPEECH}", "--speaker", "none"]
        self.start()

    def unlock(self, passphrase):
        self.see("password text", "Passphrase", 20)
        self.lab("ui", "set", "password text", "Passphrase", passphrase)
        self.lab("key", "Return")

    def audit(self, where):
        if LONG:
            super().audit(where)

    def start_again(self):
        self.quit()
        self.start()
        self.unlock(PASSPHRASE)
        self.see("list item", "/^Note to self,/", 30)
        check(True, "another start asks for the passphrase")


def make(window):
    window.see("push button", "Start", 40)
    window.lab("ui", "set", "text", "Your name", "Alice")
    window.lab("ui", "do", "toggle button", "Passphrase and words")
    window.lab("ui", "set", "password text", "Passphrase", PASSPHRASE)
    window.click("check box", "Show me my account's 24 words")
    window.shot("made")
    window.click("push button", "Start")
    window.see("push button", "I have written them down", 30)
    texts = [line for line in window.lab("ui", "list", "label").stdout.split("\n") if len(line.split()) == 24]
    check(len(texts) == 1, "the words are shown")
    window.click("push button", "I have written them down")
    return texts[0]


def note(window):
    window.click("list item", "/^Note to self,/", 30)
    window.write("Water the fig")
    window.see("list item", "/Water the fig/")
    window.click("push button", "Record a voice message")
    window.see("push button", "Send the voice message")
    window.see("label", "0:01", 10)
    window.audit("while one speaks")
    window.shot("speaking")
    window.click("push button", "Send the voice message")
    window.click("push button", "Play the voice message")
    window.see("push button", "Pause")
    window.audit("a voice message")
    window.shot("spoken")
    check(True, "a note was written, and one spoken and heard")


def lock(window):
    window.lab("key", "ctrl+l")
    window.unlock("five green cattles")
    window.see("label", "/passphrase/", 20)
    check("Water the fig" not in window.lab("ui", "tree", "hark").stdout, "locked, nothing of it is on the screen")
    window.shot("locked")
    window.unlock(PASSPHRASE)
    window.see("list item", "/^Note to self,/", 30)
    check(True, "the right passphrase opens it")


def erase(window):
    window.lab("key", "ctrl+comma")
    window.click("radio button", "Account", 10)
    window.see("push button", "Delete everything: Delete…", 10)
    window.lab("ui", "do", "push button", "Delete everything: Delete…")
    window.click("push button", "Delete Everything", 10)
    window.see("push button", "Start", 20)
    check(not (window.folder / "profile/store.db").exists(), "everything is deleted, and the first screen is there")


def restore(window, words, backup):
    window.click("push button", "I Have an Account Already…")
    window.click("push button", "Choose a Backup…")
    window.pick(backup, "Choose")
    window.see("push button", backup.name, 10)
    window.lab("ui", "set", "text", "24 words, or the backup's passphrase", words)
    window.audit("bringing an account back")
    window.shot("restore")
    window.click("push button", "Restore")
    window.see("label", "/2 messages/", 30)
    window.shot("restored")
    window.click("push button", "Open Hark")
    window.click("list item", "/^Note to self,/", 30)
    window.see("label", "Water the fig", 10)
    window.see("push button", "Play the voice message", 10)
    window.shot("back")
    check(True, "the backup brought it all back")


# ---- a note that kills ----

def start_dying(window, library, again):
    """With a text that nobody survives laying out; whoever died does not come back to it unasked."""
    window.lab("run", "env", f"LD_PRELOAD={library}", f"HARK_TEST_POISON={POISON}", "ASAN_OPTIONS=verify_asan_link_order=0",
               *window.words_of_start)
    if again:
        window.click("list item", "/^Note to self,/", 30)


def poison(window, cli, library):
    for text in (POISON, "Feed the cat", "Wind the clock"):
        window.write(text)
        window.see("list item", f"/{text}/")
    window.quit()
    for death in range(2):  # of all that the conversation opens with, then of the one
        start_dying(window, library, death > 0)
        window.ended()
    start_dying(window, library, True)
    for text in ("Water the fig", "Feed the cat", "Wind the clock"):
        window.see("label", text)
    window.see("label", "This message closed Hark when it was shown.")
    window.see("push button", "Open It Anyway")
    window.audit("a message that is not shown")
    window.shot("not-shown")
    check(POISON not in window.lab("ui", "tree", "hark").stdout, "a note that kills did so twice, and is not shown; the others are")
    window.quit()
    window.start()
    window.click("list item", "/^Note to self,/", 30)
    window.click("push button", "Open It Anyway")
    window.see("label", POISON)
    window.gone("push button", "Open It Anyway")
    check(True, "where it is harmless it is opened anyway")


def blind(folder, program):
    """Where there is no screen."""
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([program, "--profile", folder / "nobody"], env={**env, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True)
    check(done.returncode == 1 and "hark-cli" in done.stderr, f"without a screen it says what does without: {done.stderr.strip()}")


def run(screens, port, program, cli):
    window = screens[0]
    blind(window.folder, program)
    window.up(program)
    words = make(window)
    note(window)
    lock(window)
    if LONG:
        window.start_again()
    backup = window.folder / "mine.hark-backup"
    done = window.lab("exec", cli, "--profile", window.folder / "profile", "backup", backup, must=False)
    check(done.returncode == 0 and backup.is_file(), f"a backup was written {done.stderr.strip()}")
    erase(window)
    restore(window, words, backup)
    poison(window, cli, os.path.abspath(sys.argv[3]))


if __name__ == "__main__":
    sys.exit(windows.play(sys.argv[1:], ("alice",), run, Window))
