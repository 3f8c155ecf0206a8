#!/usr/bin/env python3
"""bench-window.py BUILD|HARK-CLI [--messages N] [--contacts N] [--seconds S] - the window with a full profile, as a user meets it.

The real program on a private screen (tests/lab/guilab: Xvfb, xfwm4), with 100,000 messages and 100 contacts. JSON lines
{"bench":"window","what",...}: "start": ms from the start of the process until its list of people is drawn, best and
median of five, and the processor time of the best; "memory": MiB resident; "idle": % of a core and wake-ups a second of
each thread (a thread that had nothing to do, and then something) in S seconds, while everybody is looked for at once and a minute later;
"open": ms from the large conversation's being opened to the frame with its rows, and what the window's thread worked for
it, "key": ms from key to first repaint in the composer, then beside a call and three files of 25 MB that arrive at 4 MB a
second, with what the thread worked for each frame meanwhile; "scroll": while the wheel turns back through it, ms between
frames and what the thread worked for each, as the program says them (ui/frames.h; at 16 clicks a second most frames are
62 ms apart because nothing is to be drawn between); "installed": bytes of program and data.
"load" is the machine's at the time. Skipped (77) without the packages of tests/packages.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
GUILAB = HERE.parent / "lab/guilab"
SPEECH = HERE.parent / "lab/speech.wav"
COMPOSER = (300, 585, 590, 55)  # of the window in its corner of the screen, as large as it is at first
TOOLS = ("Xvfb", "dbus-daemon", "xdotool", "xfwm4", "xprop", "gdbus", "import", "cc")
sys.path.insert(0, str(HERE.parent.parent / "app"))

from peer import Peer  # noqa: E402 (found through the line above)

NUMBER = re.compile(r"(median|p95|max) ([0-9.]+)")
FRAME = re.compile(r"frame ([0-9.]+) ms, worked ([0-9.]+) ms")
STAMP = re.compile(r"(\d+):(\d+):([0-9.]+): (a conversation is opened|the conversation is drawn)")


def say(what, **figures):
    print(json.dumps({"bench": "window", "what": what, **figures, "load": round(os.getloadavg()[0], 1)}), flush=True)


class Screen:
    def __init__(self, folder):
        self.env = {**os.environ, "GUILAB_DIR": str(folder)}

    def lab(self, *arguments):
        done = subprocess.run([str(GUILAB), "-n", "bench", *map(str, arguments)], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        if done.returncode:
            sys.exit(f"bench-window: {arguments}: {done.stdout.strip()}")
        return done.stdout

    def pids(self):
        return [int(pid) for pid in (pathlib.Path(self.env["GUILAB_DIR"]) / "bench/apps.pid").read_text().split()]


def stop(screen):
    for pid in screen.pids():
        try:
            os.kill(pid, 15)
        except ProcessLookupError:
            pass
    (pathlib.Path(screen.env["GUILAB_DIR"]) / "bench/apps.pid").write_text("")
    time.sleep(1)


def start(screen, hark, profile, *more):
    """Starts the window; ms until the frame with the list of people is painted (ui/people/people-pane.c), and
    those of them that it had a processor."""
    log = pathlib.Path(screen.env["GUILAB_DIR"]) / "bench/app.log"
    log.write_text("")
    began = time.monotonic()
    screen.lab("run", "env", "G_MESSAGES_DEBUG=hark-ui", hark, "--profile", profile, "--bind", "127.0.0.1",
               *(more or ("--mic", "none", "--speaker", "none")))
    while "the list is drawn" not in log.read_text():
        if time.monotonic() - began > 30:
            sys.exit("bench-window: no list of people within 30 s\n" + log.read_text()[-2000:])
        time.sleep(0.005)
    return (time.monotonic() - began) * 1000, spent(screen.pids()[-1]) * 1000


def spent(pid):
    """Processor time of the process until now, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads(pid):
    """Of each thread, by number: its name, ns it had a processor, how often it slept. Ticks of stat are 10 ms long."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            slept = re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text())[1]
            ran = (task / "schedstat").read_text().split()[0]
            found[task.name] = ((task / "comm").read_text().strip(), int(ran), int(slept))
        except FileNotFoundError:
            pass
    return found


def measure_idle(pid, seconds, **figures):
    before, began = threads(pid), time.monotonic()
    time.sleep(seconds)
    after, passed = threads(pid), time.monotonic() - began
    ran, woke = 0, {}
    for number, (name, ns, slept) in after.items():
        _, old_ns, old_slept = before.get(number, (name, 0, 0))
        ran += ns - old_ns
        if slept > old_slept:
            woke[name] = round(woke.get(name, 0) + (slept - old_slept) / passed, 2)
    say("idle", percent=round(ran / passed / 1e7, 3), wake_ups_per_s=woke, seconds=seconds, **figures)


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def figures(text):
    return {name: float(value) for name, value in NUMBER.findall(text)}


def spread(numbers):
    ranked = sorted(numbers) or [0.0]
    return {"median": statistics.median(ranked), "p95": ranked[len(ranked) * 95 // 100], "max": ranked[-1]}


def measure_opening(screen):
    """A click of the mouse: a robot that goes through accessibility costs the window more than the opening."""
    said = lambda: (pathlib.Path(screen.env["GUILAB_DIR"]) / "bench/app.log").read_text()
    screen.lab("exec", "xdotool", "mousemove", "150", "127", "click", "1")
    began = time.monotonic()
    while "the conversation is drawn" not in said():
        if time.monotonic() - began > 30:
            sys.exit("bench-window: the conversation was not drawn within 30 s")
        time.sleep(0.05)
    opened = said()[said().index("a conversation is opened"):said().index("the conversation is drawn")]
    seconds = [int(h) * 3600 + int(m) * 60 + float(s) for h, m, s, _ in STAMP.findall(said())[:2]]
    say("open", ms=round((seconds[1] - seconds[0]) * 1000), ms_worked=round(sum(float(w) for _, w in FRAME.findall(opened)), 1))


def measure_scrolling(screen, clicks):
    log = pathlib.Path(screen.env["GUILAB_DIR"]) / "bench/app.log"
    before = len(log.read_text())
    screen.lab("exec", "xdotool", "mousemove", "600", "350", "click", "--repeat", str(clicks * 6), "--delay",
               str(1000 // clicks), "4")
    frames = [(float(gap), float(work)) for gap, work in FRAME.findall(log.read_text()[before:])][2:]
    say("scroll", clicks_per_s=clicks, frames=len(frames),
        **{f"gap_ms_{k}": round(v, 1) for k, v in spread([gap for gap, _ in frames]).items()},
        **{f"worked_ms_{k}": round(v, 1) for k, v in spread([work for _, work in frames]).items()})


def measure_busy(screen, build, folder, profile):
    """Keys beside a call and files that arrive, in the conversation that has both."""
    cli, log = str(build / "app/hark-cli"), pathlib.Path(screen.env["GUILAB_DIR"]) / "bench/app.log"
    told = lambda *words: screen.lab("exec", cli, "--profile", profile, *words)
    subprocess.run([cli, "init", "--profile", str(folder / "other"), "--name", "Other", "--no-passphrase"], check=True,
                   capture_output=True)
    paths = [folder / f"file-{n}" for n in range(3)]
    for path in paths:
        path.write_bytes(os.urandom(25_000_000))
    local = ("--port", "0", "--bind", "127.0.0.1")
    with Peer("node", [cli, "node", "--json", *local], str(folder / "node.log")) as node:
        local += ("--bootstrap", f"127.0.0.1:{node.wait('ready', 15)[1]['port']}")
        sound = lambda name: ("--mic", f"wav-loop:{SPEECH}", "--speaker", f"wav:{folder}/{name}.wav")
        start(screen, build / "app/hark", profile, *local[4:], *sound("own"))
        with Peer("other", [cli, "--profile", str(folder / "other"), "run", "--json", *local, *sound("other"),
                            "--auto-accept-requests"], str(folder / "other.log")) as other:
            other.wait("ready", 15)
            told("add", other.command("address")["address"])
            contact = other.wait("contact", 60, state="online")[1]["contact"]
            told("accept-files", "Other", "on", str(folder))
            told("limit", "down", "4M")
            other.command("send", contact=contact, text="First in the list now.")
            call = other.command("call", contact=contact)["call"]
            other.wait("call", 20, state="ringing")
            told("answer")
            other.wait("call", 20, state="active", call=call)
            time.sleep(2)  # by then they are first in the list
            screen.lab("exec", "xdotool", "mousemove", "150", "127", "click", "1")
            time.sleep(3)
            screen.lab("ui", "click", "text", "Message")
            other.command("give", contact=contact, paths=list(map(str, paths)))
            time.sleep(1)
            before = len(log.read_text())
            found = figures(screen.lab("latency", "a", 60, *COMPOSER))
            worked = [float(work) for _, work in FRAME.findall(log.read_text()[before:])]
            done = sum(event["state"] == "done" for _, event in other.events if event.get("event") == "file-state")
            say("key", beside="a call and three files", files_there_before_the_end=done, frames=len(worked),
                **{f"ms_{k}": v for k, v in found.items()},
                **{f"worked_ms_{k}": round(v, 1) for k, v in spread(worked).items()})
            other.command("hangup", call=call)
    stop(screen)


def installed(build):
    with tempfile.TemporaryDirectory(prefix="hark-bench-") as folder:
        done = subprocess.run(["meson", "install", "-C", str(build), "--no-rebuild", "--strip", "--destdir", folder],
                              capture_output=True, text=True)
        if done.returncode:
            return None
        return sum(path.lstat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def run(build, folder, options):
    profile, screen = folder / "profile", Screen(folder / "lab")
    hark = build / "app/hark"
    subprocess.run([str(build / "app/hark-cli"), "init", "--profile", str(profile), "--name", "Bench", "--no-passphrase"],
                   check=True, capture_output=True)
    subprocess.run([str(build / "tests/fill-profile"), str(profile), str(options.messages), str(options.contacts)],
                   check=True)
    screen.lab("up", "1280x800")
    try:
        starts, busy = [], []
        for _ in range(5):
            passed, worked = start(screen, hark, profile)
            starts.append(passed)
            busy.append(worked)
            if len(starts) < 5:
                stop(screen)
        say("start", ms_best=round(min(starts), 1), ms_median=round(statistics.median(starts), 1),
            ms_processor=round(min(busy), 1),
            messages=options.messages, contacts=options.contacts)
        time.sleep(3)
        pid = screen.pids()[-1]
        say("memory", mib=round(resident(pid), 1), conversation="none open")
        measure_idle(pid, options.seconds, since_start=3)
        time.sleep(max(0, 60 - options.seconds))
        measure_idle(pid, options.seconds, since_start=63)
        say("memory", mib=round(resident(pid), 1), conversation="none open, a minute later")
        measure_opening(screen)
        for clicks in (16, 125):  # a second: a hand that hurries, and a wheel that runs free
            measure_scrolling(screen, clicks)
        screen.lab("ui", "click", "text", "Message")
        say("key", **{f"ms_{k}": v for k, v in figures(screen.lab("latency", "a", 60)).items()})
        say("memory", mib=round(resident(pid), 1), conversation="open, scrolled back")
        stop(screen)
        measure_busy(screen, build, folder, profile)
        say("installed", bytes=installed(build))
    finally:
        subprocess.run([str(GUILAB), "-n", "bench", "down"], env=screen.env, capture_output=True, timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=100000)
    parser.add_argument("--contacts", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return 77
    build = options.build.resolve()
    if build.is_file():  # as tests/run gives it: hark-cli there
        build = build.parents[1]
    subprocess.run(["ninja", "-C", str(build), "app/hark", "app/hark-cli", "tests/fill-profile"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="hark-bench-") as folder:
        run(build, pathlib.Path(folder), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
