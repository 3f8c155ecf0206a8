#!/usr/bin/python3
"""Hark's DHT node among nodes of libtorrent, on loopback: each reads what the other stored.

usage: test-libtorrent.py PATH-TO-DHT-PEER     (needs the package python3-libtorrent)
"""
import json
import os
import subprocess
import sys
import time

try:
    import libtorrent as lt
except ImportError:
    print("python3-libtorrent is not installed")
    sys.exit(77)

NODES = 12
PORT = 26900
VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "bep44.json")


def session(i):
    return lt.session({
        "listen_interfaces": "127.7.%d.1:%d" % (i, PORT), "enable_dht": True, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "dht_bootstrap_nodes": "",
        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False, "dht_block_ratelimit": 1000,
        "alert_mask": lt.alert.category_t.dht_notification | lt.alert.category_t.error_notification})


def wait_line(peer, word):
    end = time.time() + 20
    while time.time() < end:
        line = peer.stdout.readline().strip()
        if line.split(" ")[0] in word:
            return line
    raise SystemExit("no answer: " + " ".join(word))


def main():
    sessions = [session(i) for i in range(1, NODES + 1)]
    for i, s in enumerate(sessions):
        for j in range(1, NODES + 1):
            if j != i + 1:
                s.add_dht_node(("127.7.%d.1" % j, PORT))
    time.sleep(3)

    peer = subprocess.Popen([sys.argv[1], "127.7.200.1:%d" % PORT, "127.7.1.1:%d" % PORT],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        while int(wait_line(peer, ["nodes"]).split()[1]) < 8:
            pass
        start = time.time()
        peer.stdin.write("put 7 3 from hark\n")
        key = bytes.fromhex(wait_line(peer, ["key"]).split()[1])
        stored = int(wait_line(peer, ["stored"]).split()[1])
        print("put on %d nodes in %.1f ms" % (stored, 1000 * (time.time() - start)))
        assert stored >= 8, stored
        assert read(sessions[5], key) == (b"from hark", 3)

        public = write(sessions[3], b"from libtorrent")
        start = time.time()
        peer.stdin.write("get %s\n" % public.hex())
        line = wait_line(peer, ["value", "none"])
        print("%s in %.1f ms" % (line, 1000 * (time.time() - start)))
        assert line.endswith("15:from libtorrent"), line
        peer.stdin.write("get %s\n" % ("11" * 32))
        assert wait_line(peer, ["value", "none"]) == "none"
    finally:
        peer.stdin.close()
        peer.wait(5)
    print("ok")


def read(s, key):
    s.dht_get_mutable_item(key, b"")
    end = time.time() + 20
    while time.time() < end:
        s.wait_for_alert(500)
        for alert in s.pop_alerts():
            if isinstance(alert, lt.dht_mutable_item_alert) and alert.item["value"]:
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


if __name__ == "__main__":
    main()
