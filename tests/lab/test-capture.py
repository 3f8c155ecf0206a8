#!/usr/bin/env python3
"""test-capture.py HARK-CLI PROFILE-KEYS [CASE...] [--keep] - what others on the network see, packet by packet.

Cases, each in a lab of its own:

  nothing-named  everything people do, recorded on routers, machines and DHT nodes, over UDP and TCP: no key, token,
                 address, name or word stands in any packet, in no spelling
  stranger       somebody with Bob's address asks and insists: until Bob accepts, no packet of his machine or router
                 reaches the stranger's, and the stranger's computer does not learn where Bob is
  silence        packets of unknown origin at every port of a running engine: no answer

Each check is also shown something it has to find. Skipped (77) without root or network namespaces.
"""
import collections
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

import capture
import homes as lab
from homes import PeerError, check, netlab, on

CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # bech32, BIP-173
NAMES = {"Alice": "Alicia Quellenberg", "Bob": "Robert Zyrianov", "Dora": "Theodora Vantongeren"}
TEXT = "The heron stands in the shallow water at dusk."
ASKING = "We met beneath the observatory clock."
FILE_NAME, FILE_WORDS = "ledger-of-the-lighthouse.txt", "Oil, wicks and a new lens. "
PROBES = 3  # s that answers are waited for


# ---- nothing is named ----------------------------------------------------------------

def parts_of(address):
    """Account and token in an address (core/PROTOCOL.md, "Address")."""
    bits = "".join(f"{CHARACTERS.index(c):05b}" for c in address[len("hk1") + 1:-6])
    packed = int(bits[:48 * 8], 2).to_bytes(48, "big")
    return packed[:32], packed[32:]


def keys_of(tool, folder):
    """{what: bytes} of a profile that nobody has open."""
    lines = subprocess.check_output([tool, str(folder)], text=True).split("\n")
    return {what: bytes.fromhex(value) for what, value in (line.split() for line in lines if line)}


def engine(homes, tool, secrets, person, host, places, *more):
    """An engine of `person`; what no packet may show of it goes into `secrets`."""
    homes.make(person, NAMES[person])
    own = keys_of(tool, homes.folder / person)
    check(len(own) == 5 and len(own["account"]) == 32, f"{person}'s keys are known to this test")
    peer = homes.engine(person, host, places, *more)
    lab.key_of(peer)
    address = peer.command("address")["address"]
    account, token = parts_of(address)
    if account != own["account"]:
        raise PeerError(f"{person}'s address holds another account")
    secrets.update({f"{person}'s {what}": value for what, value in own.items()})
    secrets.update({f"{person}'s token": token, f"{person}'s address": address, f"{person}'s name": NAMES[person]})
    return peer


def befriend(secrets, asker, accepter):
    """lab.befriend() with words of ours and an invite that is looked for as well."""
    keys = lab.key_of(asker), lab.key_of(accepter)
    address = accepter.command("address", one_time=True)["address"]
    secrets[f"{accepter.name}'s invite"] = address
    secrets[f"token of {accepter.name}'s invite"] = parts_of(address)[1]
    asker.command("add", address=address, text=ASKING)
    request = accepter.wait("request", 60, contact=keys[0])[1]
    check(request["text"] == ASKING and request["name"] == NAMES[asker.name], f"{accepter.name} is asked")
    accepter.command("accept", contact=keys[0])
    return [peer.wait("contact", 60, contact=key, state="online")[1]
            for peer, key in ((asker, keys[1]), (accepter, keys[0]))]


def do_everything(homes, alice, bob, dora):
    """Text both ways, a file, a call; over TCP as well; then Bob starts once more and reads what waited."""
    key = {peer.name: lab.key_of(peer) for peer in (alice, bob, dora)}
    for one, other in ((alice, bob), (bob, alice), (dora, bob)):
        mark = other.mark()
        one.command("send", contact=key[other.name], text=TEXT)
        other.wait("message", 20, since=mark, outgoing=False, text=TEXT)
    path = homes.folder / FILE_NAME
    path.write_text(FILE_WORDS * 2000)
    mark = bob.mark()
    alice.command("give", contact=key["Bob"], paths=[str(path)])
    bob.wait("file-state", 30, since=mark, state="done")
    mark = alice.mark()
    call = alice.command("call", contact=key["Bob"])["call"]
    alice.wait("call", 20, since=mark, state="active")
    time.sleep(1.5)
    alice.command("hangup", call=call)
    alice.wait("call", 20, since=mark, state="ended")


def nothing_named(homes, words):
    """People do everything there is; no packet anywhere names them or says what they say."""
    tool, secrets = tool_of(words), {"a text": TEXT, "a request's text": ASKING, "a file's name": FILE_NAME,
                                     "what is in a file": FILE_WORDS}
    places = homes.nodes(["pub1", "pub2", "pub3"])
    recorders = [capture.Recorder(homes, host) for host in ("a", "b", "ra", "rb", "pub1", "pub2")]
    (homes.folder / "downloads").mkdir()
    bob = engine(homes, tool, secrets, "Bob", "pub4", places, "--auto-answer", "--auto-accept-files",
                 str(homes.folder / "downloads"))
    alice = engine(homes, tool, secrets, "Alice", "a", places)
    dora = engine(homes, tool, secrets, "Dora", "b", places)
    recorders.append(capture.Recorder(homes, "pub4"))
    befriend(secrets, alice, bob)
    befriend(secrets, dora, bob)
    do_everything(homes, alice, bob, dora)
    account = lab.key_of(alice)
    homes.stop()
    time.sleep(0.3)

    packets = [packet for recorder in recorders for packet in recorder.packets()]
    wanted = capture.needles(secrets)
    look_at_kinds(packets)
    found = capture.leaks(packets, wanted)
    check(not found, f"{len(secrets)} secrets in {len(wanted)} spellings: none in {len(packets)} packets"
          + "".join(f"; {what}: {packet}" for what, packet in list(found.items())[:5]))

    blind = [what for what, spelt in wanted
             if what not in capture.leaks([capture.Packet(0, False, "", b"\0" * 20 + spelt)], [(what, spelt)])]
    check(not blind, "each spelling of each secret would have been found" + "".join(f"; not {b}" for b in blind[:5]))
    spoken = f"account={account}".encode()
    subprocess.run(on("a", sys.executable, "-c", "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
                      f".sendto(bytes.fromhex('{spoken.hex()}'), ('{netlab('addr', 'pub1')}', 9))"), check=True)
    time.sleep(0.5)
    hosts = [recorder.host for recorder in recorders if capture.leaks(recorder.packets(), wanted)]
    check({"a", "ra", "pub1"} <= set(hosts), f"a packet with Alice's account is found at {', '.join(hosts)}")
    for recorder in recorders:
        recorder.stop()


def look_at_kinds(packets):
    """What was recorded is what is meant to be: every kind of packet there is."""
    kinds = collections.Counter()
    for packet in packets:
        udp, tcp = packet.udp, packet.tcp
        if udp:
            kinds["beacons"] += udp[:4] == b"HKB1"
            kinds["DHT"] += udp[:1] == b"d"
            kinds["knocks"] += udp[:1] == b"d" and b"hk_knock" in udp
            kinds["rings"] += udp[:1] == b"d" and b"hk_ring" in udp
            kinds["STUN"] += udp[4:8] == b"\x21\x12\xa4\x42"
            kinds["QUIC"] += 0x40 <= udp[0] < 0x60
            kinds["media"] += udp[0] == 0x80
        kinds["TCP"] += bool(tcp)
    few = [kind for kind in ("beacons", "DHT", "knocks", "rings", "STUN", "QUIC", "media", "TCP") if kinds[kind] < 4]
    check(not few, "recorded: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
          + (f"; too few: {', '.join(few)}" if few else ""))


# ---- the stranger --------------------------------------------------------------------

def memory_of(peer):
    """Everything that the engine behind `peer` has in its memory."""
    pid = peer.process.pid  # "ip netns exec" becomes the engine
    found = bytearray()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not span or "[v" in line:
                continue
            first, last = (int(part, 16) for part in span.groups())
            try:
                memory.seek(first)
                found += memory.read(last - first) + b"\0" * 64
            except OSError:
                continue  # guard pages
    return bytes(found)


def places_known(peer, address, port):
    """How `peer`'s engine has `address` in its memory: as text, beside `port` as in packets, or with zeros behind it as
    in HarkEndpoint and sockaddr_in."""
    memory, raw = memory_of(peer), socket.inet_aton(address)
    ways = {"text": address.encode(), "compact": raw + port.to_bytes(2, "big"), "address": raw + b"\0" * 8}
    return [way for way, spelt in ways.items() if spelt in memory]


def stranger(homes, _words):
    """Mallory has Bob's address and tries what a stranger can, behind a router that lets everything in."""
    places = homes.nodes(["pub1", "pub2", "pub3"])
    recorders = [capture.Recorder(homes, host) for host in ("a", "ra", "rb")]
    bob = homes.engine("Bob", "b", places)
    mallory = homes.engine("Mallory", "a", places, "--auto-accept-requests")
    keys = lab.key_of(mallory), lab.key_of(bob)
    ready = bob.wait("ready", 15)[1]
    bobs = [netlab("addr", "rb"), netlab("addr", "b")]
    mallorys = [netlab("addr", "ra"), netlab("addr", "a")]
    address = bob.command("address")["address"]
    mallory.command("add", address=address, text="It is me. Call me back.")
    bob.wait("request", 30, contact=keys[0])
    insist(mallory, keys[1], address, homes.folder)
    time.sleep(4)

    def came():
        here = [p for r in recorders[:2] for p in r.packets()]
        there = recorders[2].packets()
        return ([p for p in here if p.source in bobs or p.to in bobs],
                [p for p in there if p.source in mallorys or p.to in mallorys],
                [p for p in here if any(socket.inet_aton(b) + ready["port"].to_bytes(2, "big") in p.data[20:]
                                        for b in bobs)])

    between, from_bob, told = came()
    check(not between, f"no packet between Bob and the stranger at the stranger's{first_of(between)}")
    check(not from_bob, f"none at Bob's router either{first_of(from_bob)}")
    check(not told, f"no packet at the stranger's tells where Bob is{first_of(told)}")
    known = [f"{b} ({way})" for b in bobs for way in places_known(mallory, b, ready["port"])]
    check(not known, "the stranger's engine has Bob's place nowhere in its memory" + "".join(f"; {k}" for k in known))
    log = (homes.folder / "Mallory.log").read_text()
    check(not any(b in log for b in bobs), "nor in its log")
    status = json.dumps(mallory.command("status"))
    check(not any(b in status for b in bobs) and "online" not in json.loads(status)["contacts"][0]["state"],
          "nor in its status, where Bob is not online")

    bob.command("accept", contact=keys[0])
    for peer, key in ((mallory, keys[1]), (bob, keys[0])):
        peer.wait("contact", 60, contact=key, state="online")
    between, from_bob, _ = came()
    check(len(between) > 5 and len(from_bob) > 5, f"once Bob has accepted, {len(between)} packets go between them")
    known = [way for b in bobs for way in places_known(mallory, b, ready["port"])]
    check(bool(known), f"and his place is in the memory: {', '.join(known)}")
    for recorder in recorders:
        recorder.stop()


def first_of(packets):
    """For the end of a sentence."""
    return f": {packets[0]}" if packets else ""


def insist(mallory, bob, address, folder):
    """Whatever a user could try; refusals are as good as silence."""
    path = folder / "gift.txt"
    path.write_text("gift")
    for command, fields in (("send", {"text": "Hello?"}), ("give", {"paths": [str(path)]}), ("call", {}),
                            ("typing", {"on": True}), ("verify", {}), ("doctor", {})):
        try:
            mallory.command(command, contact=bob, **fields)
        except PeerError as refused:
            print(f"      refused: {refused}", flush=True)
    time.sleep(2)
    mallory.command("remove", contact=bob)
    mallory.command("add", address=address, text="Please?")


# ---- silence -------------------------------------------------------------------------

def ports_of(host):
    """(UDP ports, TCP ports listened at) of the machine that IPv4 may reach; nothing but the engine has any there."""
    udp, tcp = set(), set()
    for name, ports, state in (("udp", udp, None), ("udp6", udp, None), ("tcp", tcp, "0A"), ("tcp6", tcp, "0A")):
        for line in subprocess.check_output(on(host, "cat", f"/proc/net/{name}"), text=True).split("\n")[1:-1]:
            fields = line.split()
            address = bytes.fromhex(fields[1].rpartition(":")[0])[::-1]
            group = len(address) == 4 and address[0] in range(224, 240)  # hears that group alone
            only6 = len(address) == 16 and any(address)  # bound to one address of IPv6
            if not group and not only6 and (state is None or fields[3] == state):
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return sorted(udp), sorted(tcp)


def stun(attributes=b"", kind=1):
    head = kind.to_bytes(2, "big") + len(attributes).to_bytes(2, "big")
    return head + b"\x21\x12\xa4\x42" + os.urandom(12) + attributes


def query(name, arguments):
    """A DHT query; `arguments` sorted and encoded already."""
    return b"d1:ad2:id20:" + os.urandom(20) + arguments + b"e1:q%d:" % len(name) + name + b"1:t2:zz1:y1:qe"


def questions():
    """What is sent to each UDP port, by name."""
    user = b"\x00\x06\x00\x11" + b"AAAAAAAA:BBBBBBBB" + b"\0\0\0"
    target = b"6:target20:" + os.urandom(20)
    yield "random", [os.urandom(length) for length in (1, 20, 48, 200, 656, 1200, 1400)]
    yield "each first byte", [bytes([first]) + os.urandom(99) for first in range(256)]
    yield "STUN", [stun(), stun(user), stun(user + b"\x00\x08\x00\x14" + os.urandom(20)), stun(kind=3),
                   stun(kind=0x0101)]
    yield "DHT", [query(b"ping", b""), query(b"find_node", target), query(b"get", target),
                  query(b"get_peers", b"9:info_hash20:" + os.urandom(20)),
                  query(b"hk_more", b"1:ni8e1:p40:" + bytes(40)),
                  query(b"hk_keep", b"1:hl8:abcdefghe1:p24:" + bytes(24) + b"5:token8:" + bytes(8)),
                  b"d1:y1:ee", b"d" * 1400]
    knock = b"\x21\x01\0\0" + os.urandom(652)
    yield "a knock", [query(b"hk_knock", b"1:h8:abcdefgh1:p18:" + bytes(18) + b"1:x656:" + knock),
                      query(b"hk_ring", b"1:c6:" + os.urandom(6) + b"1:h8:abcdefgh1:x656:" + knock), knock]
    yield "QUIC", [b"\xc3\0\0\0\x01\x08" + os.urandom(8) + b"\x08" + os.urandom(8) + b"\0\x44\xd0" + os.urandom(1175),
                   b"\xc0\x1a\x2a\x3a\x4a\x08" + os.urandom(8) + b"\0" + os.urandom(1180), b"\x40" + os.urandom(60)]
    yield "media, relay", [bytes([first]) + os.urandom(150) for first in (0x80, 0x81)]
    yield "beacons", [b"HKB1" + os.urandom(22), b"HKB1" + bytes(8) + b"\x1f\x90" + os.urandom(8)]


def tcp_questions():
    yield b""
    yield os.urandom(400)
    yield b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(506)
    for packet in (query(b"hk_keep", b"")[:1] + os.urandom(60), b"\x25\x01\0\0" + os.urandom(60), stun()):
        yield len(packet).to_bytes(2, "big") + packet


def probe(target, udp_ports, tcp_ports, replay):
    """On the prober's machine: asks every port everything; prints what came back, as JSON."""
    answers = {}
    sockets = {}
    asked = [*questions(), ("replayed", [bytes.fromhex(packet) for packet in replay])]
    for port in udp_ports:
        for name, packets in asked:
            asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            asker.connect((target, port))
            asker.setblocking(False)
            sockets[f"{name} to UDP {port}"] = asker
            for packet in packets:
                try:
                    asker.send(packet)
                except OSError:
                    pass  # an ICMP error is an answer too, and is found below
    time.sleep(PROBES)
    for name, asker in sockets.items():
        try:
            answers[name] = asker.recv(2048)[:40].hex()
        except BlockingIOError:
            continue
        except OSError as error:
            answers[name] = str(error)
    for port in tcp_ports:
        for number, question in enumerate(tcp_questions()):
            try:
                with socket.create_connection((target, port), 2) as asker:
                    asker.settimeout(1)
                    asker.sendall(question)
                    if got := asker.recv(2048):
                        answers[f"TCP {port}, question {number}"] = got[:40].hex()
            except OSError:
                continue  # closed or silent
    print(json.dumps({"asked": sum(len(packets) for _, packets in asked) * len(udp_ports), "answers": answers}))


def ask(host, target, udp_ports, tcp_ports, replay, folder):
    """What the prober on `host` found."""
    path = pathlib.Path(folder) / "probe.json"
    path.write_text(json.dumps([target, udp_ports, tcp_ports, replay]))
    command = on(host, sys.executable, "-B", __file__, "--probe", str(path))
    return json.loads(subprocess.check_output(command, timeout=120))


def silence(homes, _words):
    """Alice's router lets everything of one outsider in; none of her ports answers anything he sends."""
    places = homes.nodes(["pub1", "pub2", "pub3"])
    recorder = capture.Recorder(homes, "a")
    alice, bob = homes.engine("Alice", "a", places), homes.engine("Bob", "b", places)
    lab.befriend(alice, bob)
    keys = [lab.key_of(peer) for peer in (alice, bob)]
    own, outsider, router = netlab("addr", "a"), netlab("addr", "pub4"), netlab("addr", "ra")
    netlab("exec", "ra", "--", "nft", "insert", "rule", "inet", "netlab", "prerouting",
           f"ip saddr {outsider} ip daddr {router} meta l4proto {{ tcp, udp }} dnat ip to {own}")
    echo = homes.watch("a", "-c", "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                       "s.bind(('', 7777))\nprint('ready', flush=True)\n"
                       "while True:\n  data, back = s.recvfrom(2048)\n  s.sendto(data, back)")
    for _ in range(5):  # until the hole is warm: routers drop what comes before they know a neighbour
        found = ask("pub4", router, [7777], [], [], homes.folder)
        if len(found["answers"]) >= 4:
            break
    check(len(found["answers"]) >= 4,
          f"through the hole a program that echoes answers {len(found['answers'])} kinds of packets")
    echo.kill()
    echo.wait()
    found = ask("pub4", places[0].split(":")[0], [lab.PORT], [], [], homes.folder)
    check("DHT to UDP 6881" in found["answers"] and "STUN to UDP 6881" in found["answers"],
          f"a node that serves answers: {', '.join(found['answers'])}")

    udp, tcp = ports_of("a")
    heard = [p for p in recorder.packets() if p.udp and p.to == own]
    knocks = {p.udp for p in heard if b"hk_ring" in p.udp or b"hk_knock" in p.udp}
    others = {p.udp for p in heard if p.udp[0] >= 0x40 and p.udp[0] != 0x64}
    check(len(udp) >= 2 and len(knocks) >= 1 and len(others) >= 5,
          f"ports {udp}, TCP {tcp}; to be replayed: {len(knocks)} knocks, {len(others)} packets of the session")
    replay = [packet.hex() for packet in [*knocks, *list(others)[:60]]]
    found = ask("pub4", router, udp, tcp, replay, homes.folder)
    still = {str(port) for port in ports_of("a")[0]}  # the kernel refuses for sockets that Alice closed meanwhile
    answers = {what: answer for what, answer in found["answers"].items()
               if what.split()[-1] in still or "refused" not in answer}
    check(not answers, f"{found['asked']} packets and {len(tcp) * 7} connections of an outsider get no answer"
          + f"{': ' + json.dumps(answers) if answers else ''}")
    asked = [p for p in recorder.packets() if p.source == outsider and p.udp is not None and p.to_port in udp]
    sent = [p for p in recorder.packets() if p.source == own and p.to == outsider
            and (p.udp is not None and p.source_port != 7777 or p.tcp)]
    check(len(asked) > found["asked"] * 0.9, f"{len(asked)} of them came to Alice's machine")
    check(not sent, f"no payload left Alice's machine for the outsider{first_of(sent)}")
    mark = bob.mark()
    alice.command("send", contact=keys[1], text=TEXT)
    bob.wait("message", 10, since=mark, text=TEXT)
    check(not bob.seen("contact", since=mark, state="offline"), "Alice and Bob talk on")
    recorder.stop()


# ---- ---------------------------------------------------------------------------------

def tool_of(words):
    return next(word for word in words if word.endswith("profile-keys"))


LINKS = ["--pubs", "4", *(word for site in "ab" for word in (f"--link-{site}", "delay=5ms"))]
CASES = {
    "nothing-named": ("port-restricted+udp-blocked", LINKS, nothing_named, True),
    "stranger": ("full-cone+port-restricted", LINKS, stranger, True),
    "silence": ("port-restricted+port-restricted", LINKS, silence, True),
}

if __name__ == "__main__":
    if sys.argv[1] == "--probe":
        probe(*json.loads(pathlib.Path(sys.argv[2]).read_text()))
        sys.exit(0)
    sys.exit(lab.run_cases(__file__, CASES, [os.path.abspath(word) if word.endswith("profile-keys") else word
                                             for word in sys.argv[1:]]))
