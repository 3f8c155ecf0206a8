#!/usr/bin/env python3
"""test-crashes.py HARK-CLI [--messages N] [--kills K] [--seed S] [--long] [--keep] - killed again and again, nothing lost.

Two homes behind port-restricted NATs (netlab), 5 % of all packets lost each way, real processes. Both write without a
pause, many messages at a time, while one or the other is killed (SIGKILL): in full flow, while it starts, before it has
answered, both at once. Afterwards each message that an engine said it had taken has to be in both stores, once, in the
same order, and its sender has to know. What was not answered may be there or not, but likewise on both sides.

Quick: 3,000 messages and 10 kills. HARK_LONG: 20,000 and 50. The whole of it: --messages 1000000 --kills 1000.
Prints a JSON line of what happened. Skipped (77) without root or network namespaces.
"""
import argparse
import json
import os
import random
import sys
import time

import homes as lab
from homes import PeerError, check

ASKED_MAX = 64      # commands that were not answered yet
WAITING_MAX = 1500  # messages of one side that the other does not have yet
STALL_S = 120       # nothing at all moved for so long


class Writer:
    """One person, in whatever process: what they wrote and what was said of it."""

    def __init__(self, homes, name, host, places, total):
        self.homes, self.name, self.host, self.places, self.total = homes, name, host, places, total
        self.next = 0          # number of the next text
        self.asked = {}        # tag -> number, of this process
        self.taken = set()     # numbers that the engine said are on its disk
        self.doubtful = set()  # numbers that a killed engine never answered
        self.waiting = 0       # messages that the other has not confirmed to this process
        self.kills = 0
        self.key = self.other_key = None
        self.peer = None
        self.start()

    def start(self):
        self.peer = self.homes.engine(self.name, self.host, self.places)
        self.seen, self.ready = 0, False
        self.asked.clear()
        self.count_tag, _ = self.peer.send("status")  # what waits from before

    def kill(self):
        self.homes.kill(self.peer)
        self.look()
        self.doubtful.update(self.asked.values())
        self.kills += 1
        self.start()

    def look(self):
        """What was said since; whether anything was."""
        with self.peer.changed:
            news, self.seen = self.peer.events[self.seen:], len(self.peer.events)
        for _, event in news:
            kind = event.get("event")
            if kind == "ready":
                self.key = event["account"]
            elif kind == "result" and event.get("tag") == self.count_tag:
                self.waiting = sum(contact.get("queued", 0) for contact in event["contacts"])
                self.ready = True
            elif kind == "result" and event.get("tag") in self.asked:
                number = self.asked.pop(event["tag"])
                if not event["ok"]:
                    raise PeerError(f"{self.name}: number {number} refused: {event}")
                self.taken.add(number)
                self.waiting += 1
            elif kind == "message-state" and event["state"] == "delivered":
                self.waiting -= 1
        return bool(news)

    def write(self):
        """As much as may wait at a time; whether that was anything."""
        begin = self.next
        while (self.ready and self.next < self.total and len(self.asked) < ASKED_MAX
               and self.waiting < WAITING_MAX):
            tag, _ = self.peer.send("send", contact=self.other_key, text=f"number {self.next}")
            self.asked[tag] = self.next
            self.next += 1
        return self.next > begin

    def numbers(self, outgoing):
        """(id, number, state) of the texts in the store, oldest first."""
        found, before = [], None
        while True:
            more = {} if before is None else {"before": before}
            page = self.peer.command("history", timeout=60, contact=self.other_key, limit=500, **more)["messages"]
            found += [(m["position"], m["id"], int(m["text"].split()[1]), m.get("state")) for m in page
                      if m["outgoing"] == outgoing and m.get("text", "").startswith("number ")]
            if not page:
                return [row[1:] for row in sorted(found)]
            before = min(m["position"] for m in page)


def run_until(writers, what, truth):
    """Lets both write and hears what they say until `truth`."""
    moved = time.monotonic()
    while not truth():
        if any([writer.look() for writer in writers] + [writer.write() for writer in writers]):
            moved = time.monotonic()
        elif time.monotonic() - moved > STALL_S:
            raise PeerError(f"{what}: nothing moves for {STALL_S} s")
        else:
            time.sleep(0.005)
        for writer in writers:
            if writer.peer.ended:
                raise PeerError(f"{writer.name} ended by itself")


def settle(writers):
    """Until nothing waits: the outboxes say so themselves, whatever was doubtful."""
    run_until(writers, "writing the rest", lambda: all(w.next == w.total and not w.asked for w in writers))
    end = time.monotonic() + STALL_S
    while True:
        waiting = [contact.get("queued", 0) for w in writers for contact in w.peer.command("status")["contacts"]]
        if not any(waiting):
            return
        if time.monotonic() > end:
            raise PeerError(f"still waiting: {waiting}")
        for w in writers:
            w.look()
        time.sleep(0.1)


def kill_now(writers, chance, number):
    """One kill, of one of the kinds in the head of this file."""
    victim = chance.choice(writers)
    if number % 5 == 4:
        for writer in writers:
            writer.kill()
        return 2
    if number % 5 == 2:  # once it runs, and again while it starts
        victim.kill()
        time.sleep(chance.uniform(0, 0.3))
    elif number % 5 == 3:  # before an answer has come
        victim.write()
    victim.kill()
    return 2 if number % 5 == 2 else 1


def compare(writer, reader):
    """Both stores about what `writer` wrote; (lost, doubled, out of order)."""
    sent, came = writer.numbers(True), reader.numbers(False)
    numbers = [number for _, number, _ in came]
    lost = writer.taken - set(numbers)
    doubled = len(numbers) - len(set(numbers))
    disorder = sum(b < a for a, b in zip(numbers, numbers[1:]))
    check(not lost and not doubled and not disorder,
          f"{writer.name}: {len(writer.taken)} taken, {len(came)} arrived: {len(lost)} lost, {doubled} doubled, "
          f"{disorder} out of order; {len(writer.doubtful)} were in doubt")
    check([row[:2] for row in sent] == [row[:2] for row in came], f"{writer.name}: both stores have the same, in one order")
    unknown = sum(state not in ("delivered", "read") for _, _, state in sent)
    check(unknown == 0, f"{writer.name} knows of all that they arrived" + (f", but {unknown}" if unknown else ""))
    return len(lost), doubled, disorder


def scenario(homes, options):
    places = homes.nodes(["pub1"])
    chance = random.Random(options.seed)
    writers = [Writer(homes, name, host, places, 0) for name, host in (("Alice", "a"), ("Bob", "b"))]
    lab.befriend(writers[0].peer, writers[1].peer)
    writers[0].other_key, writers[1].other_key = (lab.key_of(w.peer) for w in reversed(writers))
    for writer in writers:
        writer.total = options.messages // 2
    begin, number = time.monotonic(), 0
    while sum(w.kills for w in writers) < options.kills:
        # spread over all that has to arrive: on a slow machine at the same points of the work
        kills = sum(w.kills for w in writers)
        due = options.messages * (kills + chance.random()) / (options.kills + 2)
        run_until(writers, "in full flow", lambda: all(w.ready for w in writers)
                  and sum(w.next - w.waiting for w in writers) >= due)
        kill_now(writers, chance, number)
        number += 1
    settle(writers)
    seconds = time.monotonic() - begin
    bad = [compare(*pair) for pair in (writers, writers[::-1])]
    print(json.dumps({"messages": options.messages, "kills": sum(w.kills for w in writers), "seed": options.seed,
                      "lost": bad[0][0] + bad[1][0], "doubled": bad[0][1] + bad[1][1],
                      "out_of_order": bad[0][2] + bad[1][2], "seconds": round(seconds, 1),
                      "load": os.getloadavg()[0]}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--messages", type=int)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    for flag in ("--long", "--keep", "--inside", "--debug"):
        parser.add_argument(flag, action="store_true")
    options = parser.parse_args()
    quick = not lab.is_long(sys.argv)
    options.messages = options.messages or (3000 if quick else 20000)
    options.kills = options.kills or (10 if quick else 50)
    if options.inside:
        return lab.inside_case(os.path.abspath(options.cli), lambda homes, _: scenario(homes, options), sys.argv)
    links = [word for site in "ab" for word in (f"--link-{site}", "delay=10ms,loss=2.5%")]
    return lab.run_inside("port-restricted+port-restricted", [__file__, *sys.argv[1:], "--inside"], "--pubs", "1", *links)


if __name__ == "__main__":
    sys.exit(main())
