#!/usr/bin/env python3
"""test-account-window.py HARK HARK-CLI [--keep] [--shots DIR] - an account's life in one window, with the real engine.

Made with a passphrase and its 24 words read, a note written and one spoken, locked, unlocked, backed up, deleted and brought
back by backup and words, with the note in it. Everything is found by role and accessible name. HARK_LONG=1 also starts it anew
and looks for controls without a name. Skipped (77) without the packages of tests/packages.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("windows", HERE / "test-two-windows.py")
windows = importlib.util.module_from_spec(spec)
spec.loader.exec_module(windows)
check = windows.check
LONG = bool(os.environ.get("HARK_LONG"))
PASSPHRASE = "five green kettles"


class Window(windows.Screen):
    def start(self, program):
        self.lab("run", program, "--profile", self.folder / "profile", "--bind", "127.0.0.1", "--no-dht",
                 "--mic", f"wav-loop:{windows.SPEECH}", "--speaker", "none")

    def unlock(self, passphrase):
        self.see("password text", "Passphrase", 20)
        self.lab("ui", "set", "password text", "Passphrase", passphrase)
        self.lab("key", "Return")

    def audit(self, where):
        if LONG:
            super().audit(where)

    def start_again(self, program):
        self.quit()
        self.start(program)
        self.unlock(PASSPHRASE)
        self.see("list item", "/^Note to self,/", 30)
        check(True, "another start asks for the passphrase")

    def quit(self):
        self.lab("key", "ctrl+q")
        for _ in range(100):
            if self.lab("exec", "pgrep", "-f", f"profile {self.folder}/profile", must=False).returncode:
                return
            time.sleep(0.1)


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
    window.see("push button", "Delete everything: _Delete…", 10)
    window.lab("ui", "do", "push button", "Delete everything: _Delete…")
    window.click("push button", "Delete Everything", 10)
    window.see("push button", "Start", 20)
    check(not (window.folder / "profile/store.db").exists(), "everything is deleted, and the first screen is there")


def restore(window, words, backup):
    window.click("push button", "I have an account already…")
    window.click("push button", "Choose a Backup…")
    window.see("push button", "Choose", 10)
    window.lab("key", "slash")  # opens GTK's field for a path
    time.sleep(1)
    window.lab("type", str(backup)[1:])
    window.lab("key", "Return")
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


def run(window, program, cli):
    window.lab("up", "1000x720")
    window.start(program)
    words = make(window)
    note(window)
    lock(window)
    if LONG:
        window.start_again(program)
    backup = window.folder / "mine.hark-backup"
    done = window.lab("exec", cli, "--profile", window.folder / "profile", "backup", backup, must=False)
    check(done.returncode == 0 and backup.is_file(), f"a backup was written {done.stderr.strip()}")
    erase(window)
    restore(window, words, backup)


def main(arguments):
    if reason := windows.why_not():
        print(f"skipped: {reason}")
        return 77
    shots = pathlib.Path(arguments[arguments.index("--shots") + 1]).resolve() if "--shots" in arguments else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hark-account-"))
    window = Window("alice", folder, shots)
    begun = time.monotonic()
    try:
        run(window, arguments[0], arguments[1])
    except (windows.PeerError, subprocess.SubprocessError) as error:
        check(False, str(error))
    finally:
        log = window.down()
        bad = [line for line in log.split("\n") if "CRITICAL" in line or "WARNING" in line]
        bad = [line for line in bad if not any(word in line for word in windows.BRIDGE + windows.CHOOSER)]
        check(not bad, f"no warnings {' '.join(bad[:3])}")
        if "--keep" in arguments:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if windows.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
