"""A hark-cli process as an object: commands in, events out, a wait that says what it waited for.

Used by app/demo and the lab tests. Events are kept in order with the monotonic time at which their line was read.
"""
import json
import os
import subprocess
import threading
import time


class PeerError(Exception):
    """The engine refused, ended, or did not do in time what was expected; the text says which."""


class Peer:
    """hark-cli with --json. Ends with its `with` block: stdin is closed, which every engine takes as the wish to end.

    name     for messages
    command  the program and its arguments
    log      path of a file that takes its standard error
    env      environment; None for ours
    """

    def __init__(self, name, command, log, env=None):
        self.name, self.log = name, log
        self.events = []        # (monotonic seconds, event), in order
        self.changed = threading.Condition()
        self.ended = False
        self.tags = 0
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            env=env, bufsize=0)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _read(self):
        # our own buffering: a BufferedReader would hold lines back from whoever waits
        rest = b""
        while chunk := self.process.stdout.read(65536):
            now = time.monotonic()
            *lines, rest = (rest + chunk).split(b"\n")
            with self.changed:
                for line in lines:
                    try:
                        self.events.append((now, json.loads(line)))
                    except ValueError:
                        self.events.append((now, {"event": "not-json", "line": repr(line)}))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def mark(self):
        """Where the events end now: for wait(since=...)."""
        with self.changed:
            return len(self.events)

    def wait(self, event, timeout, since=0, until=None, **fields):
        """(time, event) of the first event of that name from `since` on with those fields; `until` is looked for as
        well, as a function of an event that says in words why waiting has become pointless, or None."""
        deadline, at = time.monotonic() + timeout, since
        with self.changed:
            while True:
                while at < len(self.events):
                    when, found = self.events[at]
                    at += 1
                    if found.get("event") == event and all(found.get(k) == v for k, v in fields.items()):
                        return when, found
                    if until and (why := until(found)):
                        raise PeerError(f"{self.name}: {why}")
                left = deadline - time.monotonic()
                if self.ended:
                    raise PeerError(f"{self.name} ended while {event} {fields or ''} was waited for")
                if left <= 0:
                    raise PeerError(f"{self.name}: no {event} {fields or ''} within {timeout:g} s")
                self.changed.wait(left)

    def seen(self, event, since=0, **fields):
        """Every such event so far, as wait() returns them."""
        with self.changed:
            return [(t, e) for t, e in self.events[since:]
                    if e.get("event") == event and all(e.get(k) == v for k, v in fields.items())]

    def send(self, command, **fields):
        """Writes a command and returns its tag and the time of writing; does not wait."""
        self.tags += 1
        tag = f"{self.name}-{self.tags}"
        line = json.dumps({"command": command, "tag": tag, **fields}) + "\n"
        now = time.monotonic()
        try:
            self.process.stdin.write(line.encode())
        except BrokenPipeError:
            raise PeerError(f"{self.name} ended before it was told to {command}") from None
        return tag, now

    def command(self, command, timeout=20, **fields):
        """Sends a command and returns its result; PeerError when it is refused."""
        mark = self.mark()
        tag, _ = self.send(command, **fields)
        _, result = self.wait("result", timeout, since=mark, tag=tag)
        if not result.get("ok"):
            raise PeerError(f"{self.name}: {command} refused: {result.get('error')} ({result.get('code')})")
        return result

    def stop(self, timeout=10):
        """Asks it to end, insists if it does not; its exit status."""
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        for insist in (None, self.process.terminate, self.process.kill):
            if insist:
                insist()
            try:
                self.process.wait(timeout)
                break
            except subprocess.TimeoutExpired:
                continue
        self.reader.join(timeout)
        self.process.stdout.close()
        return self.process.returncode

    def cpu_seconds(self):
        """Of the processor, all its threads', so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def last_words(self, lines=15):
        """The end of its standard error."""
        with open(self.log, errors="replace") as f:
            return "".join(f.readlines()[-lines:]).rstrip()
