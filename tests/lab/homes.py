"""What tests of whole networks share: a lab of homes (netlab), hark-cli processes in it, checks that are counted.

A test's main() calls run_inside() with its own command line; netlab then runs the test again inside a lab, where it
makes Homes. Everything ends with the lab, after failures too.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "app"))

from peer import Peer, PeerError  # noqa: E402,F401 (found through the line above; for those who import us)

NETLAB = HERE / "netlab/netlab"
SPEECH = ROOT / "tests/lab/speech.wav"
PORT = 6881
failures = 0


def check(ok, text):
    """Prints one line; a false one fails the test at its end."""
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)
    return ok


def why_not():
    """Why this machine cannot run the test, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "nft", "cc"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode:
        return "this kernel or container makes no network namespaces"
    return None


def is_long(words):
    """Everything is tried, not only what stands for the rest: --long, or HARK_LONG (tests/run --long)."""
    return "--long" in words or "HARK_LONG" in os.environ


def run_inside(scenario, arguments, *options, prefix=None):
    """Runs `arguments` (this test again) inside a lab of `scenario`; its exit status, 77 where there can be none."""
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    env = {**os.environ, **({"NETLAB_PREFIX": prefix} if prefix else {})}
    return subprocess.call([NETLAB, "run", scenario, *options, "--", sys.executable, "-B", *arguments], env=env)


def run_cases(file, cases, arguments):
    """main() of a test that has cases: {name: (scenario, options of netlab, function of Homes and the words behind
    the names, whether it belongs to the quick run)}. The command line is HARK-CLI [CASE...] [--long] [--keep] and words
    for the functions; each case gets a lab of its own. --keep leaves its logs, --debug makes them
    long. The exit status."""
    cli, words = os.path.abspath(arguments[0]), arguments[1:]
    names = [word for word in words if word in cases]
    if "--inside" in words:
        return inside_case(cli, cases[names[0]][2], words)
    if reason := why_not():
        print(f"skipped: {reason}")
        return 77
    chosen = names or [name for name in cases if cases[name][3] or is_long(words)]
    rest = [word for word in words if word not in names]
    bad = []
    for name in chosen:
        scenario, options, function, _ = cases[name]
        print(f"--- {name}: {(function.__doc__ or '').split(chr(10))[0]}", flush=True)
        begin = time.monotonic()
        if run_inside(scenario, [str(file), cli, name, "--inside", *rest], *options):
            bad.append(name)
        print(f"--- {name} took {time.monotonic() - begin:.1f} s", flush=True)
    if bad:
        print(f"failed: {', '.join(bad)}")
    return 1 if bad else 0


def inside_case(cli, function, words):
    """One case in the lab that stands around us; everybody ends, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
        homes = Homes(cli, folder, "debug" if "--debug" in words else None)
        try:
            function(homes, words)
        except (PeerError, OSError, subprocess.SubprocessError, ValueError, LookupError) as error:
            homes.tell_failure(f"{type(error).__name__}: {error}")
        finally:
            homes.stop()
        if "--keep" in words:
            print(f"logs: {shutil.copytree(folder, tempfile.mkdtemp(prefix='hark-kept-'), dirs_exist_ok=True)}")
    return 1 if failures else 0


def netlab(*arguments):
    """A verb of netlab in the lab we are in; its output."""
    return subprocess.check_output([os.environ["NETLAB"], *arguments], text=True).strip()


def on(host, *command):
    """The command that runs `command` on `host`."""
    return [os.environ["NETLAB"], "exec", host, "--", *command]


class Homes:
    """The processes of one test; files of each under `folder`."""

    def __init__(self, cli, folder, log=None):
        self.cli, self.folder, self.peers = cli, pathlib.Path(folder), []
        self.log = ["--log", log] if log else []

    def env(self, name):
        run = self.folder / f"{name}-run"
        run.mkdir(mode=0o700, exist_ok=True)
        return {**os.environ, "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(self.folder / f"{name}-data")}

    def start(self, name, host, *arguments):
        """hark-cli with these arguments on `host`."""
        peer = Peer(name, on(host, self.cli, *arguments), str(self.folder / f"{name}.log"), self.env(name))
        self.peers.append(peer)
        return peer

    def make(self, name, shown=None):
        """A fresh profile; `shown`: what its owner is called, if not `name`."""
        subprocess.run([self.cli, "--profile", str(self.folder / name), "init", "--name", shown or name,
                        "--no-passphrase", "--quiet-words"], env=self.env(name), check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def engine(self, name, host, bootstrap, *more, port=0):
        """An engine with sound from file to file; makes the profile the first time."""
        if not (self.folder / name).exists():
            self.make(name)
        bootstraps = [bootstrap] if isinstance(bootstrap, str) else bootstrap
        return self.start(name, host, "--profile", str(self.folder / name), "run", "--json", "--port", str(port),
                          *(word for place in bootstraps for word in ("--bootstrap", place)),
                          *self.log, "--mic", f"wav:{SPEECH}", "--speaker", f"wav:{self.folder}/{name}-speaker.wav", *more)

    def nodes(self, hosts, *more, six=False):
        """A DHT node on each public host; where they are reached."""
        places = []
        for host in hosts:
            address = netlab("addr", host, *(["-6"] if six else []))
            places.append(f"[{address}]:{PORT}" if six else f"{address}:{PORT}")
            others = [word for place in places[:-1] for word in ("--bootstrap", place)]
            self.start(host, host, "node", "--json", "--port", str(PORT), *others, *more).wait("ready", 15)
        return places

    def watch(self, host, *arguments):
        """Python with these arguments on `host`, once it has printed a line; the caller ends it."""
        process = subprocess.Popen(on(host, sys.executable, *arguments), stdout=subprocess.PIPE)
        process.stdout.readline()
        return process

    def forget(self, peer):
        """Ends one of them."""
        self.peers.remove(peer)
        return peer.stop(timeout=5)

    def kill(self, peer):
        """One of them, without a chance to say anything."""
        self.peers.remove(peer)
        peer.process.kill()
        peer.stop(timeout=5)

    def stop(self):
        ends = [peer.stop(timeout=5) for peer in reversed(self.peers)]
        return ends

    def tell_failure(self, error):
        """The error, and what everybody said last."""
        check(False, str(error))
        for peer in self.peers:
            print(f"--- {peer.name} said last:\n{peer.last_words()}", flush=True)


def key_of(peer):
    """The account key of a started engine."""
    return peer.wait("ready", 15)[1]["account"]


def befriend(asker, accepter, timeout=60):
    """Makes contacts of them, online; (seconds from adding the address to online on both sides, last `contact`
    event of each)."""
    keys = key_of(asker), key_of(accepter)
    address = accepter.command("address", one_time=True)["address"]
    begin = time.monotonic()
    asker.command("add", address=address, text="It is me.")
    accepter.wait("request", timeout, contact=keys[0])
    accepter.command("accept", contact=keys[0])
    online = [peer.wait("contact", timeout, contact=key, state="online")
              for peer, key in ((asker, keys[1]), (accepter, keys[0]))]
    return max(when for when, _ in online) - begin, [event for _, event in online]
