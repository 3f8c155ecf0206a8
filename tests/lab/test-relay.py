#!/usr/bin/env python3
"""test-relay.py HARK-CLI [--scenario NAME] [--keep] - two homes no hole can be punched between, and a contact of both.

Alice and Bob sit behind symmetric NATs (or those of --scenario), Carol and Dave on public hosts, Dave farther away.
Through Carol they become contacts, write both ways, pass 5 MB at the rate Carol allows, and talk from file to file; what
is captured at Carol's holds nothing they said. Carol is killed and Dave takes over; Dave relays no more, which is said in words,
until he does again. Prints a JSON line of figures. Skipped (77) without root or network namespaces.
"""
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time

import homes as lab
import speech
from homes import Homes, PeerError, check
from together import befriend_relay, give, talk, wait_relayed, write

SCENARIO = "symmetric+symmetric"
LINK, FAR = "delay=5ms", "delay=30ms"
MEGABYTES, RATE, SECONDS = 5, 2000000, 3
SECRET = "Nobody but us reads this 0123456789"
RELAY_FIRST = 0x81  # first byte of a relay packet (net/PROTOCOL.md)


def capture(path):
    """Every IP packet of this host to `path`, each behind its length; until told to end."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(0x0003))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(path, "wb") as out:
        print("capturing", flush=True)
        while True:
            data = packets.recv(65536)
            out.write(len(data).to_bytes(4, "big") + data)
            out.flush()


def captured(path):
    """UDP payloads of a capture."""
    rest, payloads = pathlib.Path(path).read_bytes(), []
    while len(rest) >= 4 and len(rest) >= 4 + int.from_bytes(rest[:4], "big"):
        end = 4 + int.from_bytes(rest[:4], "big")
        packet, rest = rest[4:end], rest[end:]
        if len(packet) > 28 and packet[0] >> 4 == 4 and packet[9] == 17:
            payloads.append(packet[(packet[0] & 15) * 4 + 8:])
    return payloads


def look_at_capture(path, keys):
    payloads = captured(path)
    relayed = [p for p in payloads if p[0] == RELAY_FIRST]
    whole = b"\0".join(payloads)
    check(len(relayed) > MEGABYTES * 1000, f"{len(relayed)} relay packets were captured at Carol's")
    check(SECRET.encode() not in whole and not any(key in whole for key in keys), "no words and no accounts among them")
    check(max(map(len, relayed)) <= 1228, f"the largest has {max(map(len, relayed))} bytes")


def inside(cli, folder):
    homes = Homes(cli, folder)
    figures = {"scenario": SCENARIO}
    try:
        places = homes.nodes(["pub1", "pub2", "pub3"])
        carol, dave = [homes.engine(name, host, places, "--auto-accept-requests")
                       for name, host in (("Carol", "pub4"), ("Dave", "pub5"))]
        downloads = homes.folder / "downloads"
        downloads.mkdir()
        alice = homes.engine("Alice", "a", places)
        bob = homes.engine("Bob", "b", places, "--auto-answer", "--auto-accept-files", str(downloads))
        carol.command("relay", on=True, rate=RATE)
        for one in (alice, bob):
            befriend_relay(one, carol)
        watcher = homes.watch("pub4", "-B", __file__, "--capture", str(homes.folder / "carol.packets"))
        figures["add_s"] = round(lab.befriend(alice, bob)[0], 2)
        keys = [lab.key_of(peer) for peer in (alice, bob)]
        for peer, other in ((alice, keys[1]), (bob, keys[0])):
            wait_relayed(peer, other, "Carol", 5)
        check(True, f"online through Carol {figures['add_s']} s after the address was added")
        write(alice, bob, keys[1], SECRET)
        write(bob, alice, keys[0], SECRET)
        figures["file_MB_s"] = round(MEGABYTES / give(alice, bob, keys[1], homes.folder, MEGABYTES), 2)
        check(figures["file_MB_s"] < 1.1 * RATE / 1e6, f"not faster than Carol allows: {RATE / 1e6:g} MB/s")
        talk(alice, bob, keys[1], SECONDS, loss=0.02)
        status = carol.command("status")["network"]
        check(status["relayed_now"] == 1 and status["relayed_bytes"] > MEGABYTES * 1e6,
              f"Carol says that she relays for one pair, {status['relayed_bytes'] / 1e6:.1f} MB so far")
        watcher.terminate()
        watcher.wait(5)
        look_at_capture(homes.folder / "carol.packets", [bytes.fromhex(key) for key in keys])

        for one in (alice, bob):
            befriend_relay(one, dave)
        mark, begin = alice.mark(), time.monotonic()
        carol.process.kill()
        wait_relayed(alice, keys[1], "Dave", 30)
        wait_relayed(bob, keys[0], "Dave", 30)
        figures["next_s"] = round(time.monotonic() - begin, 2)
        words = [e["reason"] for _, e in alice.seen("contact", mark, contact=keys[1]) if e.get("reason")]
        check(figures["next_s"] < 15, f"Carol is killed: Dave relays {figures['next_s']} s later; said meanwhile: {words}")
        write(alice, bob, keys[1], "Still here?")

        mark = alice.mark()
        dave.command("relay", on=False)
        _, event = alice.wait("contact", 30, since=mark, contact=keys[1], state="connecting")
        check(bool(event.get("reason")), f"Dave relays no more: \"{event.get('reason')}\"")
        dave.command("relay", on=True)
        figures["again_s"] = round(wait_relayed(alice, keys[1], "Dave", 60), 2)
        write(bob, alice, keys[0], "Here again")
        homes.peers.remove(carol)
        check(not any(homes.stop()), "everybody else ends in good order")
        for ear in "Alice", "Bob":
            found = speech.compare(lab.SPEECH, homes.folder / f"{ear}-speaker.wav", SECONDS - 0.5)
            check(found["windows"] >= 2 and found["found"] >= 0.7,
                  f"{ear} heard the speech: {100 * found['found']:.0f} % of {found['windows']} windows found again, "
                  f"{found['lag_ms']:.0f} ms behind")
    except (PeerError, OSError, KeyError, ValueError) as error:
        homes.tell_failure(error)
    finally:
        homes.stop()
    print(json.dumps(figures), flush=True)


def main(arguments):
    global SCENARIO
    if arguments[0] == "--capture":
        capture(arguments[1])
    if "--scenario" in arguments:
        SCENARIO = arguments[arguments.index("--scenario") + 1]
    if "--inside" in arguments:
        if "--keep" in arguments:
            folder = tempfile.mkdtemp(prefix="hark-lab-")
            inside(arguments[0], folder)
            print(f"logs: {folder}")
        else:
            with tempfile.TemporaryDirectory(prefix="hark-lab-") as folder:
                inside(arguments[0], folder)
        return 1 if lab.failures else 0
    return lab.run_inside(SCENARIO, [__file__, os.path.abspath(arguments[0]), "--inside", *arguments[1:]],
                          "--pubs", "5", "--link-a", LINK, "--link-b", LINK, "--link", f"pub5={FAR}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
