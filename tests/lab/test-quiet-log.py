#!/usr/bin/env python3
"""Two engines live through everything at the highest log level; nothing private may be in their logs.

usage: test-quiet-log.py PATH-TO-HARK-CLI

Secrets are looked for as they are, as hexadecimal and as base64: the 24 words, the passphrase, tokens of addresses,
whole account keys, key material of the profile, names, texts, file names and contents. Addresses of machines may be in
debug lines only. Also looked at: what the system tells of the processes. Loopback only.
"""
import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "app"))
from peer import Peer  # noqa: E402

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
PASSPHRASE = "correct horse battery Staple-7391"
NAMES = ["Zebedia Quillfeather", "Obadiah Thistlewood"]
TEXTS = ["the owl flies at midnight 83817", "bring the blue umbrella 55102", "I am the one with the red hat 90021"]
FILE_NAME, FILE_TEXT = "plan-of-the-cellar-4471.txt", "third stone from the left 66120\n" * 100
PET_NAME = "Aunt Philomena 3312"


def address_bytes(address):
    """Account and token of an hk1 address."""
    bits = "".join(format(CHARSET.index(c), "05b") for c in address[4:-6])
    data = int(bits[:384], 2).to_bytes(48, "big")
    return data[:32], data[32:]


def forms(secret):
    """How bytes could be written."""
    return [secret, secret.hex().encode(), secret.hex().upper().encode(),
            base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")]


class Scenario:
    def __init__(self, cli, folder):
        self.cli, self.folder, self.secrets, self.peers = cli, pathlib.Path(folder), {}, []
        (self.folder / "run").mkdir(mode=0o700)
        self.env = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder / "run"), "G_MESSAGES_DEBUG": "all"}

    def know(self, what, secret):
        self.secrets[what] = secret if isinstance(secret, bytes) else secret.encode()

    def start(self, name, *arguments):
        peer = Peer(name, [self.cli, *arguments], str(self.folder / (name + ".log")), self.env)
        self.peers.append(peer)
        return peer

    def engine(self, index, bootstrap):
        """The first has a passphrase, the second a key file."""
        profile, read, write = self.folder / ("profile%d" % index), *os.pipe()
        os.write(write, (PASSPHRASE + "\n").encode())
        os.close(write)
        lock = ["--passphrase-fd", str(read)] if index == 0 else ["--no-passphrase"]
        made = subprocess.run([self.cli, "--profile", str(profile), "init", "--name", NAMES[index], *lock],
                              env=self.env, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              pass_fds=[read])
        os.close(read)
        (self.folder / ("init%d.log" % index)).write_bytes(made.stderr)
        words = re.findall(r"\b[a-z]{3,8}\b", made.stdout.decode())
        for at in range(0, len(words) - 3, 4):
            self.know("words %d of %d" % (at, index), " ".join(words[at:at + 4]))
        for path in profile.iterdir():
            if path.stat().st_size < 200 and path.stat().st_size >= 32:
                content = path.read_bytes()
                for at in range(0, len(content) - 15, 16):
                    if len(set(content[at:at + 16])) > 8:
                        self.know("%s of %d at %d" % (path.name, index, at), content[at:at + 16])
        options = ["--json", "--port", "0", "--bind", "127.0.0.1", "--bootstrap", bootstrap, "--log", "debug"]
        if index == 0:
            # Peer hands no descriptors on: a shell does
            command = 'exec "$0" "$@" --passphrase-fd 3 3< <(printf "%s\\n" "$HARK_TEST_PASSPHRASE")'
            env = {**self.env, "HARK_TEST_PASSPHRASE": PASSPHRASE}
            peer = Peer("alice", ["bash", "-c", command, self.cli, "--profile", str(profile), "run", *options],
                        str(self.folder / "alice.log"), env)
            self.peers.append(peer)
            return peer
        return self.start("bob", "--profile", str(profile), "run", *options)

    def live(self):
        node = self.start("node", "node", "--json", "--port", "0", "--bind", "127.0.0.1", "--log", "debug")
        bootstrap = "127.0.0.1:%d" % node.wait("ready", 20)[1]["port"]
        alice, bob = self.engine(0, bootstrap), self.engine(1, bootstrap)
        keys = [peer.wait("ready", 30)[1]["account"] for peer in (alice, bob)]
        address = bob.command("address")["address"]
        invite = bob.command("address", one_time=True)["address"]
        for what, one in (("public address", address), ("invite", invite)):
            account, token = address_bytes(one)
            self.know(what, one)
            self.know("account key", account)
            self.know("token of the " + what, token)
        self.know("account key of alice", bytes.fromhex(keys[0]))

        alice.command("add", address=address, text=TEXTS[2], name=PET_NAME)
        bob.wait("request", 60)
        bob.command("accept", contact=keys[0])
        alice.wait("contact", 60, contact=keys[1], state="online")
        bob.wait("contact", 60, contact=keys[0], state="online")
        alice.command("send", contact=keys[1], text=TEXTS[0])
        bob.wait("message", 20, text=TEXTS[0])
        bob.command("send", contact=keys[0], text=TEXTS[1])
        alice.wait("message", 20, text=TEXTS[1])
        alice.command("search", text="umbrella")
        alice.command("verify", contact=keys[1])

        path = self.folder / FILE_NAME
        path.write_text(FILE_TEXT)
        alice.command("give", contact=keys[1], paths=[str(path)])
        offered = bob.wait("file-offer", 20)[1]
        bob.command("take", transfer=offered["transfer"], directory=str(self.folder / "taken"))
        bob.wait("file-state", 30, state="done")

        call = alice.command("call", contact=keys[1])["call"]
        bob.command("answer", call=bob.wait("call", 20)[1]["call"])
        alice.wait("call", 20, state="active")
        alice.command("hangup", call=call)
        bob.command("block", contact=keys[0])
        self.look_at_processes()

    def look_at_processes(self):
        for peer in self.peers:
            proc = pathlib.Path("/proc/%d" % peer.process.pid)
            limits, status = (proc / "limits").read_text(), (proc / "status").read_text()
            assert re.search(r"Max core file size +0 +0 ", limits), peer.name + ": core dumps are possible"
            assert re.search(r"NoNewPrivs:\s+1", status), peer.name + ": new privileges are possible"
            assert PASSPHRASE.encode() not in (proc / "cmdline").read_bytes(), "passphrase among the arguments"

    def search(self):
        for what, words in (("name", NAMES), ("text", TEXTS), ("file name", [FILE_NAME]), ("pet name", [PET_NAME]),
                            ("passphrase", [PASSPHRASE]), ("contents", [FILE_TEXT[:30]])):
            for i, one in enumerate(words):
                self.know("%s %d" % (what, i), one)
        found, n = [], 0
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_bytes().split(b"\n")
            n += len(lines)
            for what, secret in self.secrets.items():
                for form in forms(secret):
                    for line in lines:
                        if form in line:
                            found.append("%s: %s: %r" % (log.name, what, line[:160]))
            for line in lines:
                if b"libnice" in line:
                    found.append("%s: a line of libnice, which writes passwords: %r" % (log.name, line[:80]))
                if b"-DEBUG" not in line and re.search(rb"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", line):
                    found.append("%s: an address above debug: %r" % (log.name, line[:160]))
        print("%d lines, %d secrets" % (n, len(self.secrets)))
        assert n > 20, "the logs are empty"
        assert not found, "\n".join(found)


def main():
    with tempfile.TemporaryDirectory(prefix="hark-quiet-") as folder:
        scenario = Scenario(os.path.abspath(sys.argv[1]), folder)
        try:
            scenario.live()
        finally:
            for peer in scenario.peers:
                peer.stop()
        scenario.search()


main()
