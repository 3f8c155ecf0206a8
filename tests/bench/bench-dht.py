#!/usr/bin/python3
"""bench-dht.py PEER [--rounds N] [--only NAME] - a node of ours and a client of libtorrent, in the same swarm.

PEER is tests/lab/dht-peer of a build, or hark-cli beside which it is found.

The swarm are nodes of libtorrent (python3-libtorrent) in a network namespace, the two clients sit in another one. Both
get the same items, put there by a third node, and both put items of 600 bytes, in turns. Between the namespaces:

  near-32, near-150    nothing
  wide                 80 nodes, 80 ms there and back, +-20 ms each way (tests/lab/netlab/linkem.c)
  wide-loss            the same and 1 % loss
  wide-silent          the same, 10 % of the nodes receive nothing from the clients
  wide-nat             wide-loss, 30 % of the nodes receive nothing from whom they did not contact

Prints JSON lines: milliseconds to the first value ("get"), to the end of the search ("get-complete"), to four copies
("put"; libtorrent does not tell, so only ours) and to the end ("put-complete"); for those that did not end in 30 s the
figure is 30,000. Exits with 77 where there is no libtorrent or no network namespace.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import time

try:
    import libtorrent as lt
except ImportError:
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
VECTOR = json.loads((HERE.parent / "vectors" / "bep44.json").read_text())["mutable"][0]
PRIVATE, PUBLIC = bytes.fromhex(VECTOR["expanded_private"]), bytes.fromhex(VECTOR["public"])
PORT = 26900
LIMIT = 30
VALUE = b"x" * 600
SCENARIOS = {
    "near-32": (32, None, 0, 0), "near-150": (150, None, 0, 0),
    "wide": (80, "delay=40ms,jitter=20ms", 0, 0), "wide-loss": (80, "delay=40ms,jitter=20ms,loss=0.5", 0, 0),
    "wide-silent": (80, "delay=40ms,jitter=20ms,loss=0.5", 10, 0),
    "wide-nat": (80, "delay=40ms,jitter=20ms,loss=0.5", 0, 30),
}
SWARM, CLIENTS = "harkdht-swarm", "harkdht-clients"
OURS, THEIRS = "44.250.1.1", "44.251.1.1"


def sh(command, **more):
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True, **more)


def address(i):
    return "44.%d.7.1" % i


def session(where):
    """In the swarm and as its client with the limits that would otherwise end a benchmark after some rounds."""
    return lt.session({
        "listen_interfaces": "%s:%d" % (where, PORT), "enable_dht": True, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "dht_bootstrap_nodes": "", "dht_block_ratelimit": 100000,
        "dht_upload_rate_limit": 10000000, "allow_multiple_connections_per_ip": True,
        "alert_mask": lt.alert.category_t.dht_notification | lt.alert.category_t.dht_operation_notification})


# ---- inside the namespaces -------------------------------------------------------------------------------------------

def wait_alert(s, kind, wanted, begin):
    """(seconds to the first, seconds to the last) such alert."""
    first = None
    while time.monotonic() - begin < LIMIT:
        s.wait_for_alert(200)
        at = time.monotonic() - begin
        for alert in s.pop_alerts():
            if not isinstance(alert, kind):
                continue
            state = wanted(alert)
            if state in ("first", "last") and first is None:
                first = at
            if state in ("last", "nothing"):
                return first, at
    return first, LIMIT


def state_of_get(alert):
    if alert.authoritative:
        return "last" if alert.item["value"] else "nothing"
    return "first" if alert.item["value"] else None


def swarm(count):
    """Nodes; then one item put for every line "SALT"."""
    nodes = [session(address(i)) for i in range(1, count + 1)]
    for i, s in enumerate(nodes):
        for j in random.sample(range(count), min(count, 24)):
            if j != i:
                s.add_dht_node((address(j + 1), PORT))
    time.sleep(8)
    print("ready", flush=True)
    for line in sys.stdin:
        salt = line.strip().encode()
        s = random.choice(nodes)
        for n in nodes:
            n.pop_alerts()
        s.dht_put_mutable_item(PRIVATE, PUBLIC, VALUE, salt)
        wait_alert(s, lt.dht_put_alert, lambda a: "last", time.monotonic())
        print("stored", flush=True)


def their_client(count):
    """A client: lines "get SALT" and "put SALT", answered by "FIRST LAST" in ms."""
    s = session(THEIRS)
    for i in random.sample(range(1, count + 1), min(count, 24)):
        s.add_dht_node((address(i), PORT))
    time.sleep(8)
    print("ready", flush=True)
    for line in sys.stdin:
        what, salt = line.split()
        s.pop_alerts()
        begin = time.monotonic()
        if what == "get":
            s.dht_get_mutable_item(PUBLIC, salt.encode())
            first, last = wait_alert(s, lt.dht_mutable_item_alert, state_of_get, begin)
        else:
            s.dht_put_mutable_item(PRIVATE, PUBLIC, VALUE, salt.encode())
            first, last = wait_alert(s, lt.dht_put_alert, lambda a: "last", begin)
        print("%.3f %.3f" % (-1 if first is None else 1000 * first, 1000 * last), flush=True)


# ---- outside ---------------------------------------------------------------------------------------------------------

class Process:
    def __init__(self, space, *command):
        self.process = subprocess.Popen(["ip", "netns", "exec", space, *command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def ask(self, line, *words):
        """The first line of the answer that begins with one of @words (none: any)."""
        if line:
            self.process.stdin.write(line + "\n")
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                raise SystemExit("a process of the benchmark ended")
            if not words or answer.split(" ")[0].strip() in words:
                return answer.split()

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def linkem():
    binary = pathlib.Path("/var/cache/netlab/linkem-bench-dht")
    source = HERE.parent / "lab" / "netlab" / "linkem.c"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        binary.parent.mkdir(parents=True, exist_ok=True)
        sh(f"cc -O2 -o {binary} {source}")
    return binary


def net_up(count, spec, silent, nat):
    """Returns the link's process, or None: then all are on one machine, in SWARM."""
    net_down()
    for space in (SWARM, CLIENTS):
        sh(f"ip netns add {space} && ip -n {space} link set lo up")
        sh(f"ip netns exec {space} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 "
           "net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.accept_local=1 net.ipv4.conf.default.accept_local=1")
    addresses = [address(i) for i in range(1, count + 1)]
    if not spec:
        batch = "".join(f"address add {a}/32 dev lo\n" for a in [*addresses, OURS, THEIRS])
        sh(f"ip -n {SWARM} -batch -", input=batch)
        return None
    # libtorrent binds its sockets to the device that has the address: the swarm talks to itself over the link as well,
    # and is sent back from there.
    link = subprocess.Popen([str(linkem()), f"/run/netns/{CLIENTS}", "wan", f"/run/netns/{SWARM}", "wan", spec],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        fill(count, silent, nat)
    except BaseException:
        link.terminate()
        raise
    return link


def fill(count, silent, nat):
    """Addresses on both ends of the link, and the nodes that do not hear."""
    addresses = [address(i) for i in range(1, count + 1)]
    for _ in range(50):
        if all("wan" in sh(f"ip -n {space} link").stdout for space in (SWARM, CLIENTS)):
            break
        time.sleep(0.1)
    for space, places in ((SWARM, addresses), (CLIENTS, [OURS, THEIRS])):
        batch = "link set dev wan up\n" + "".join(f"address add {a}/32 dev wan\n" for a in places)
        sh(f"ip -n {space} -batch -", input=batch + "route add 44.0.0.0/8 dev wan\n")
    numbers = random.Random(7).sample(range(2, count + 1), count * (silent + nat) // 100)
    if numbers:
        places = ", ".join(address(i) for i in numbers)
        state = "" if silent else "ct state new "
        sh(f"ip netns exec {SWARM} nft -f -", input=f"""
table ip filter {{
  chain inwards {{
    type filter hook input priority 0; policy accept;
    ip saddr {{ {OURS}, {THEIRS} }} ip daddr {{ {places} }} {state}drop
  }}
}}
""")


def net_down():
    for space in (SWARM, CLIENTS):
        subprocess.run(f"ip netns del {space}", shell=True, capture_output=True)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def report(scenario, who, what, values):
    if values:
        print(json.dumps({"bench": "dht", "what": what, "how": scenario, "who": who, "unit": "ms", "n": len(values),
                          "p50": round(percentile(values, .5), 2), "p99": round(percentile(values, .99), 2),
                          "max": round(max(values), 2)}), flush=True)


def run(scenario, peer, rounds):
    count, spec, silent, nat = SCENARIOS[scenario]
    link = net_up(count, spec, silent, nat)
    this = [sys.executable, "-B", __file__, peer, "--count", str(count), "--inside"]
    kinds = ("get", "get-complete", "put", "put-complete")
    figures = {who: {what: [] for what in kinds} for who in ("hark", "libtorrent")}
    processes = []
    try:
        nodes = Process(SWARM, *this, "swarm")
        processes.append(nodes)
        nodes.ask(None, "ready")
        clients = CLIENTS if link else SWARM
        theirs = Process(clients, *this, "client")
        starts = ",".join("%s:%d" % (address(i), PORT) for i in random.sample(range(1, count + 1), 20))
        ours = Process(clients, peer, "%s:%d" % (OURS, PORT), starts)
        processes += [theirs, ours]
        theirs.ask(None, "ready")
        missed = {"hark": 0, "libtorrent": 0}

        def take(who, what, first, last):
            if what == "get" and first < 0:
                missed[who] += 1
            figures[who][what].append(first if first >= 0 else LIMIT * 1000)
            figures[who][what + "-complete"].append(last)

        def ask_ours(line, what):
            _, first, last = ours.ask(line, "took")
            take("hark", what, float(first), float(last))

        def ask_theirs(line, what):
            first, last = theirs.ask(line)
            take("libtorrent", what, float(first), float(last))

        for i in range(rounds):
            salt = "r%d" % i
            nodes.ask(salt, "stored")
            turns = [lambda: ask_ours("get %s %s" % (PUBLIC.hex(), salt), "get"),
                     lambda: ask_theirs("get " + salt, "get"),
                     lambda: ask_ours("put %d %d %s" % (i % 250, i + 1, VALUE.decode()), "put"),
                     lambda: ask_theirs("put p" + salt, "put")]
            for turn in turns if i % 2 else reversed(turns):
                turn()
            if not spec:
                time.sleep(1)  # ours sends no node of a stranger more than a query in 280 ms for long
        del figures["libtorrent"]["put"]
        for who, table in figures.items():
            for what, values in table.items():
                report(scenario, who, what, values)
            print(json.dumps({"bench": "dht", "what": "not-found", "how": scenario, "who": who, "unit": "gets",
                              "n": rounds, "value": missed[who]}), flush=True)
    finally:
        for process in processes:
            process.end()
        if link:
            link.terminate()
            link.wait(5)
        net_down()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only")
    parser.add_argument("--count", type=int)
    parser.add_argument("--inside")
    options = parser.parse_args()
    if options.inside:
        return {"swarm": swarm, "client": their_client}[options.inside](options.count)
    if os.geteuid() != 0 or subprocess.run("ip netns list", shell=True, capture_output=True).returncode != 0:
        sys.exit(77)
    peer = pathlib.Path(options.peer).resolve()
    if peer.name == "hark-cli":
        peer = peer.parent.parent / "tests" / "lab" / "dht-peer"
    for scenario in SCENARIOS if not options.only else [options.only]:
        # fewer where libtorrent waits for the silent
        run(scenario, str(peer), options.rounds // 4 if scenario in ("wide-silent", "wide-nat") else options.rounds)


if __name__ == "__main__":
    main()
