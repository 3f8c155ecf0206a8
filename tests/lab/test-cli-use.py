#!/usr/bin/env python3
"""hark-cli as scripts use it: output that cannot be written, closed streams, no locale, empty variables, --json with every verb.

usage: test-cli-use.py PATH-TO-HARK-CLI PATH-TO-HARK

One profile, no network.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

NAME = "Jürgen"
# verbs that print something, with what --json tells of it
VERBS = {("contacts",): None, ("requests",): None, ("address",): "address", ("profile",): "profile", ("devices",): "mic",
         ("ledger",): "ledger", ("queue",): "transfers", ("limit",): "settings", ("group", "list"): "groups",
         ("mailbox", "list"): "mailboxes", ("relay", "list"): "relay_nodes", ("quarantine",): "refused", ("status",): "contacts",
         ("people-here",): "people", ("note", "Grüße"): "id", ("history", "me"): "text", ("search", "Grüße"): "text",
         ("chats",): None, ("calls",): None, ("share", "list"): None, ("address", "--list"): "addresses"}
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


class Cli:
    def __init__(self, program, folder):
        self.folder = folder
        self.words = [program, "--profile", str(folder / "profile")]
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        self.env |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}

    def run(self, *verb, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.run([*self.words, *verb], env={**self.env, "LC_ALL": streams.pop("locale", "C")},
                              stdin=subprocess.DEVNULL, timeout=60, **streams)


def no_locale(cli):
    made = cli.run("init", "--name", NAME, "--no-passphrase", "--quiet-words")
    check(made.returncode == 0, f"a name with an accent, without a locale {made.stderr!r}")
    shown = cli.run("profile").stdout.decode()
    check(NAME in shown, f"and it is shown as it was given {shown!r}")


def objects(cli):
    for verb, field in VERBS.items():
        done = cli.run(*verb, "--json")
        try:
            lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
            well = all(isinstance(line, dict) for line in lines) and (field is None or all(field in line for line in lines) and lines)
        except ValueError:
            well = False
        check(done.returncode == 0 and well, f"{' '.join(verb)} --json {'' if well else done.stdout!r}")
    check(json.loads(cli.run("doctor", "--lan-only", "--json").stdout)["findings"], "doctor --json")


def dashes(cli):
    done = cli.run("draft", "me", "--", "--5 °C--")
    check(done.returncode == 0 and b"--5" in cli.run("chats", "--json").stdout, f"a text may begin with dashes {done.stderr!r}")


def nonsense(cli):
    """What a script says when a variable is not set, and what would be kept although it can never work."""
    (cli.folder / "here").mkdir()
    for verb in (("give", "me", ""), ("give", "--words", ""), ("share", "", "--with", "me"), ("backup", "")):
        done = cli.run(*verb, cwd=cli.folder / "here")
        check(done.returncode and b"a path is empty" in done.stderr, f"{verb[0]} of an empty path is refused {done.stderr!r}")
    for peer, good in ((":::", False), ("host:99999", False), (":1", False), ("host", True), ("[fe80::1]:40", True), ("10.0.0.1:40", True)):
        done = cli.run("add-peer", peer)
        check((done.returncode == 0) == good, f"add-peer {peer} is {'taken' if good else 'refused'} {done.stderr!r}")
    cli.run("group", "create", "Choir")
    for name in ("", " ", "x" * 49):
        for verb in (("group", "rename", "Choir", name), ("group", "create", name), ("profile", "--name", name)):
            done = cli.run(*verb)
            check(done.returncode == 1 and b"1 to 48 letters" in done.stderr, f"{' '.join(verb)} is refused in words {done.stderr!r}")
    done = cli.run("calls", "--limit", "-1")
    check(done.returncode and b"below zero" in done.stderr, f"fewer rows than none are refused {done.stderr!r}")


def descriptors(cli):
    """A number below zero is no way to say that there is none."""
    for verb in (("run", "--passphrase-fd", "-5"), ("address", "--passphrase-fd", "-1"), ("init", "--name", "x", "--passphrase-fd", "-1"),
                 ("backup", "there.age", "--backup-passphrase-fd", "-2"), ("restore", "--words-fd", "-1"),
                 ("passphrase", "--new-passphrase-fd", "-7")):
        done = cli.run(*verb)
        check(done.returncode and f"{verb[-1]} is no file descriptor".encode() in done.stderr,
              f"{verb[0]} {verb[-2]} {verb[-1]} is refused {done.stderr!r}")


def window(cli, hark):
    """What only an engine without a window does is no option of the one that has one."""
    shown = subprocess.run([hark, "--help"], env=cli.env, capture_output=True, text=True, timeout=60).stdout
    check("--profile" in shown and not any(word in shown for word in ("node:", "--json", "--mailbox")), "hark --help tells of the window's own")
    done = subprocess.run([hark, "--mailbox"], env=cli.env, capture_output=True, text=True, timeout=60)
    check(done.returncode == 2 and "--mailbox" in done.stderr, f"and refuses those of a node {done.stderr!r}")


def long_line(cli):
    """Without an end it would fill the memory of the engine, which others use as well."""
    engine = subprocess.Popen([*cli.words, "run", "--json", "--lan-only"], env=cli.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    engine.stdout.readline()  # it is ready
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(30)
        link.connect(str(cli.folder / "profile/socket"))
        link.sendall(b'{"command":"ledger","tag":"' + b"x" * 100000 + b'"}\n{"command":"led')
        link.sendall(b'ger","tag":"in two parts"}\n')
        sent = 0
        try:
            while sent < 64 << 20:
                sent += link.send(b"x" * 65536)
        except OSError:
            pass  # nobody reads any more
        said = b""
        try:
            while part := link.recv(65536):
                said += part
        except OSError:
            pass
    results = [json.loads(line) for line in said.splitlines() if b'"result"' in line]
    refused = [result["error"].replace("\u00a0", " ") for result in results if not result["ok"]]
    check(sent < 4 << 20 and len(refused) == 1, f"a line without an end is refused after {sent} bytes {refused}")
    check("at most 1.0 MB" in refused[0], "in words")
    check([result["tag"] for result in results if result["ok"]] == ["x" * 100000, "in two parts"], "what came before it was answered")
    check(cli.run("ledger").returncode == 0, "and others are served")
    driven(engine)
    engine.stdin.close()
    engine.stdout.read()
    check(engine.wait(20) == 0, "and the engine ends as ever")


def driven(engine):
    """The same from who drives it, with whose input it ends: nothing is kept of the line, and the next one is heard."""
    begin = memory(engine)
    for _ in range(512):
        engine.stdin.write(b"x" * 65536)
    engine.stdin.write(b'\n{"command":"ledger","tag":"after"}\n')
    engine.stdin.flush()
    refused = next_result(engine)
    grown = memory(engine) - begin
    check(not refused["ok"] and refused["code"] == "bad-command" and "at most 1.0" in refused["error"],
          f"the engine's own input is refused such a line, too {refused}")
    check(grown < 8 << 20, f"of 32 MiB it keeps {grown >> 10} KiB")
    check(next_result(engine)["tag"] == "after", "and the next line is heard")


def next_result(engine):
    while line := engine.stdout.readline():
        if b'"result"' in line:
            return json.loads(line)
    return {"tag": None}


def memory(process):
    """Bytes of it that are in memory."""
    return int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def output(cli):
    with open("/dev/full", "wb") as full:
        for verb in (("history", "me"), ("help",), ("version",), ("address", "--json")):
            done = cli.run(*verb, stdout=full)
            check(done.returncode == 1 and b"could not be" in done.stderr, f"{verb[0]} onto a full disk fails {done.stderr!r}")
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *cli.words, "profile"], env=cli.env, stderr=subprocess.PIPE, timeout=60)
    check(closed.returncode == 1 and b"Bad file" in closed.stderr, f"and so does a closed output {closed.stderr!r}")
    silent = subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *cli.words, "note", "unseen"], env=cli.env, timeout=60)
    check(silent.returncode == 0 and b"unseen" in cli.run("history", "me").stdout, "what prints nothing needs no output")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", 0) as pipe:
        left = cli.run("history", "me", stdout=pipe)
    check(left.returncode == 0 and not left.stderr, f"who reads no more has enough {left.stderr!r}")


def node(cli):
    """The first thing it says to a person: a node has no name."""
    words = [*cli.words[:2], cli.words[2] + "-node", "node", "--port", "0", "--bind", "127.0.0.1", "--lan-only"]
    with subprocess.Popen(words, env=cli.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        process.terminate()
    check(said.startswith("The node is ready on UDP port "), f"a node says what is ready {said!r}")


def elsewhere(cli):
    """Under cron there is no $XDG_RUNTIME_DIR: the engine of the desktop is found all the same."""
    engine = subprocess.Popen([*cli.words, "run", "--json", "--lan-only"], env=cli.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    engine.stdout.readline()  # it is ready
    del cli.env["XDG_RUNTIME_DIR"]
    done = cli.run("note", "from cron")
    check(done.returncode == 0, f"a running engine is found without XDG_RUNTIME_DIR {done.stderr!r}")
    subprocess.run(["cp", "-a", cli.folder / "profile", cli.folder / "copy"], check=True)
    copied = subprocess.run([cli.words[0], "--profile", cli.folder / "copy", "note", "to a copy"], env=cli.env, timeout=60)
    heard = cli.run("history", "me").stdout
    check(copied.returncode == 0 and b"from cron" in heard and b"to a copy" not in heard, "and not for a copy of its profile")
    engine.stdin.close()
    engine.stdout.read()
    check(engine.wait(20) == 0 and b"from cron" in cli.run("history", "me").stdout, "and it took what was said")
    check(not os.path.lexists(cli.folder / "profile/socket"), "which leaves nothing behind")


def main(program, hark):
    with tempfile.TemporaryDirectory(prefix="hark-cli-") as folder:
        cli = Cli(os.path.abspath(program), pathlib.Path(folder))
        no_locale(cli)
        objects(cli)
        dashes(cli)
        nonsense(cli)
        descriptors(cli)
        window(cli, os.path.abspath(hark))
        long_line(cli)
        output(cli)
        node(cli)
        elsewhere(cli)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
