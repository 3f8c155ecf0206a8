#!/usr/bin/python3
"""Hark's DHT node among nodes of libtorrent: each reads what the other stored and finds whom the other announced.

usage: test-libtorrent.py PATH-TO-DHT-PEER     (needs the package python3-libtorrent)

Over IPv4 and IPv6, in a network namespace of its own, with addresses that look public; on loopback and IPv4 alone where
there are no namespaces. Where transmission-daemon and aria2 are installed, one of each takes part: they do not answer
what they do not know, and nothing may wait for them.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import libtorrent as lt
except ImportError:
    print("python3-libtorrent is not installed")
    sys.exit(77)

NODES = 12
PORT = 26900
HASH = "5a" * 20
VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "bep44.json")
INSIDE = "HARK_LIBTORRENT_INSIDE"
PUBLIC = os.environ.get(INSIDE) == "1"


def ip4(i):
    return "44.%d.7.1" % i if PUBLIC else "127.7.%d.1" % i


def ip6(i):
    return "2001:db8:7:%d::1" % i


def listen(i, families=46):
    both = (["%s:%d" % (ip4(i), PORT)] if families != 6 else []) + \
        (["[%s]:%d" % (ip6(i), PORT)] if families != 4 and PUBLIC else [])
    return ",".join(both)


def enter():
    """Runs us again in a namespace; returns when that is not possible."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        return
    lines = ["ip link set lo up"]
    for i in [*range(1, NODES + 1), 50, 60, *range(100, 112), 200, 201, 202, 203]:
        lines += [f"ip addr add 44.{i}.7.1/32 dev lo", f"ip addr add 2001:db8:7:{i}::1/128 dev lo nodad"]
    script = " && ".join(lines) + ' && exec "$@"'
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", script, "sh", sys.executable, "-B", *sys.argv])


def session(i):
    return lt.session({
        "listen_interfaces": listen(i), "enable_dht": True, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "dht_bootstrap_nodes": "",
        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False, "dht_block_ratelimit": 1000,
        "alert_mask": lt.alert.category_t.dht_notification | lt.alert.category_t.dht_operation_notification})


class Peer:
    """Our node."""

    def __init__(self, binary, own, start):
        self.process = subprocess.Popen([binary, own, start], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.took = None
        self.peers = []

    def wait(self, *words):
        end = time.time() + 20
        while time.time() < end:
            line = self.process.stdout.readline().strip()
            word = line.split(" ")[0]
            if word == "took":
                self.took = [float(x) for x in line.split()[1:]]
            if word == "peer":
                self.peers.append(line.split()[1])
            if word in words:
                return line
            if not line:
                break
        raise SystemExit("no answer: " + " ".join(words))

    def joined(self, four, six):
        while True:
            nodes = [int(x) for x in self.wait("nodes").split()[1:]]
            if nodes[0] >= four and nodes[1] >= six:
                return

    def say(self, line):
        self.process.stdin.write(line + "\n")

    def put(self, text, seed=7, seq=3):
        self.say("put %d %d %s" % (seed, seq, text))
        key = bytes.fromhex(self.wait("key").split()[1])
        return key, int(self.wait("stored").split()[1])

    def get(self, key):
        self.say("get " + key.hex())
        return self.wait("value", "none")

    def close(self):
        self.process.stdin.close()
        self.process.wait(5)


def read(s, key):
    s.dht_get_mutable_item(key, b"")
    end = time.time() + 20
    while time.time() < end:
        s.wait_for_alert(500)
        for alert in s.pop_alerts():
            if isinstance(alert, lt.dht_mutable_item_alert) and alert.item["key"] == key and alert.item["value"]:
                return alert.item["value"], alert.item["seq"]
    raise SystemExit("libtorrent found nothing")


def write(s, value):
    with open(VECTORS) as file:
        vector = json.load(file)["mutable"][0]
    private, public = bytes.fromhex(vector["expanded_private"]), bytes.fromhex(vector["public"])
    s.dht_put_mutable_item(private, public, value, b"")
    end = time.time() + 20
    while time.time() < end:
        s.wait_for_alert(500)
        for alert in s.pop_alerts():
            if isinstance(alert, lt.dht_put_alert):
                return public
    raise SystemExit("libtorrent stored nothing")


def peers_of(s, info_hash):
    s.dht_get_peers(lt.sha1_hash(bytes.fromhex(info_hash)))
    found = set()
    end = time.time() + 4
    while time.time() < end:
        s.wait_for_alert(500)
        for alert in s.pop_alerts():
            if isinstance(alert, lt.dht_get_peers_reply_alert):
                found |= {"%s:%d" % tuple(peer) for peer in alert.peers()}
        if found:
            break
    return found


def items(peer, sessions):
    key, stored = peer.put("from hark")
    print("put on %d nodes: four after %.1f ms, all after %.1f ms" % (stored, *peer.took))
    assert stored >= 8, stored
    start = time.time()
    assert read(sessions[5], key) == (b"from hark", 3)
    print("libtorrent read it in %.1f ms" % (1000 * (time.time() - start)))
    public = write(sessions[3], b"from libtorrent")
    line = peer.get(public)
    print("%s: first after %.1f ms, done after %.1f ms" % (line, *peer.took))
    assert line.endswith("15:from libtorrent"), line
    assert peer.get(bytes.fromhex("11" * 32)) == "none"


def announcements(peer, sessions):
    """Ours with the implied port, whatever it says; libtorrent's with the port it listens on."""
    peer.say("announce %s 7777" % HASH)
    assert int(peer.wait("announced").split()[1]) >= 8
    found = peers_of(sessions[7], HASH)
    print("libtorrent finds", *sorted(found))
    assert "%s:%d" % (ip4(200), PORT) in found, found

    other = "6b" * 20
    parameters = lt.parse_magnet_uri("magnet:?xt=urn:btih:" + other)
    parameters.save_path = tempfile.gettempdir()
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    torrent = sessions[2].add_torrent(parameters)
    end = time.time() + 30
    while time.time() < end and not any(p.startswith(ip4(3) + ":") for p in peer.peers):
        torrent.force_dht_announce()
        time.sleep(1)
        peer.say("peers " + other)
        peer.wait("announced")
    print("ours finds", *sorted(set(peer.peers)))
    assert any(p.startswith(ip4(3) + ":") for p in peer.peers), peer.peers
    sessions[2].remove_torrent(torrent)


def one_family(binary, sessions):
    """Hosts that have IPv4 or IPv6 alone."""
    for number, families in ((201, 4), (202, 6)):
        peer = Peer(binary, listen(number, families), listen(1, families))
        peer.joined(8 if families == 4 else 0, 8 if families == 6 else 0)
        key, stored = peer.put("over %d" % families, seed=families)
        assert stored >= 8, stored
        assert read(sessions[8], key) == (b"over %d" % families, 3)
        print("IPv%d alone: put on %d nodes in %.1f ms, read by libtorrent" % (families, stored, peer.took[1]))
        peer.close()


def ours_alone(binary):
    """A reader of libtorrent among nodes of ours that never heard of it: it has to answer a ping first."""
    peers = [Peer(binary, listen(100 + i, 4), listen(100 if i else 101, 4)) for i in range(12)]
    for peer in peers:
        peer.joined(8, 0)
    key, stored = peers[3].put("among ours", seed=44)
    assert stored >= 8, stored
    reader = session(203)
    for i in range(12):
        reader.add_dht_node((ip4(100 + i), PORT))
    time.sleep(0.5)
    start = time.time()
    assert read(reader, key) == (b"among ours", 3)
    print("among nodes of ours alone, libtorrent read it in %.1f ms" % (1000 * (time.time() - start)))
    for peer in peers:
        peer.close()


def bencoded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    return b"d" + b"".join(bencoded(k) + bencoded(value[k]) for k in sorted(value)) + b"e"


def foreign(folder):
    """Processes of clients that know no BEP 44."""
    started = []
    if shutil.which("transmission-daemon"):
        home = os.path.join(folder, "transmission")
        os.makedirs(home)
        nodes = b"".join(bytes(map(int, ip4(i).split("."))) + PORT.to_bytes(2, "big") for i in range(1, NODES + 1))
        with open(os.path.join(home, "dht.dat"), "wb") as file:
            file.write(bencoded({b"id": os.urandom(20), b"nodes": nodes}))
        with open(os.path.join(home, "settings.json"), "w") as file:
            json.dump({"bind-address-ipv4": ip4(50), "bind-address-ipv6": ip6(50), "peer-port": PORT,
                       "rpc-enabled": False, "port-forwarding-enabled": False, "lpd-enabled": False, "dht-enabled": True}, file)
        started.append(("transmission", subprocess.Popen(
            ["transmission-daemon", "-f", "-g", home], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    if shutil.which("aria2c"):
        started.append(("aria2", subprocess.Popen(
            ["aria2c", "--no-conf", "--enable-dht=true", "--dht-listen-port=%d" % PORT, "--listen-port=%d" % PORT,
             "--dht-entry-point=%s:%d" % (ip4(1), PORT), "--interface=" + ip4(60), "--dir=" + folder,
             "--dht-file-path=" + os.path.join(folder, "aria2.dat"), "--quiet",
             "magnet:?xt=urn:btih:" + "7c" * 20], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    return started


def beside_foreign(peer, sessions, folder):
    started = foreign(folder)
    if not started:
        print("neither transmission-daemon nor aria2 is installed: left out")
        return
    for address in (ip4(50), ip4(60)):
        for s in sessions:
            s.add_dht_node((address, PORT))
    time.sleep(6)
    slowest = 0
    for seed in range(20, 28):
        _, stored = peer.put("beside others", seed=seed)
        slowest = max(slowest, peer.took[1])
        assert stored >= 8, stored
    print("beside %s: slowest of 8 puts took %.1f ms" % (" and ".join(name for name, _ in started), slowest))
    assert slowest < 3000, slowest
    for _, process in started:
        process.terminate()
        process.wait(10)


def main():
    if INSIDE not in os.environ:
        enter()
    sessions = [session(i) for i in range(1, NODES + 1)]
    for i, s in enumerate(sessions):
        for j in range(1, NODES + 1):
            if j != i + 1:
                s.add_dht_node((ip4(j), PORT))
                if PUBLIC:
                    s.add_dht_node((ip6(j), PORT))
    time.sleep(3)

    peer = Peer(sys.argv[1], listen(200), "%s:%d" % (ip4(1), PORT))
    peer.joined(8, 8 if PUBLIC else 0)
    print("joined", "over IPv4 and IPv6" if PUBLIC else "over IPv4")
    items(peer, sessions)
    announcements(peer, sessions)
    if PUBLIC:
        one_family(sys.argv[1], sessions)
        ours_alone(sys.argv[1])
        with tempfile.TemporaryDirectory() as folder:
            beside_foreign(peer, sessions, folder)
    peer.close()
    print("ok")


if __name__ == "__main__":
    main()
