#!/usr/bin/env python3
"""layers.py ROOT - fails when an include crosses the house the wrong way, or a pure file touches the world.

floors    app -> ui -> core/hark.h -> core -> net/net.h -> net -> net/base; one door each
rooms     inside net and core a folder includes only folders below it
homes     every foreign library has one home
purity    sockets, clocks, threads, randomness and files stay in the shells
cycles    none: neither among headers, nor of .c files that call each other's functions (a type of a door's header that
          a file below it speaks of is no cycle)
names     no function is defined for others by two files: both floors are linked into one program
"""
import pathlib
import re
import sys

import source

# who may include what of ours, as path prefixes
MAY = {
    "net": ("net/",),
    "core": ("core/", "net/net.h", "net/base/"),
    "ui": ("ui/", "core/hark.h", "core/hark-address.h", "core/hark-ending.h", "core/hark-handover.h", "core/hark-network.h"),
    "app": ("app/", "ui/", "core/hark.h", "core/hark-address.h", "core/hark-ending.h", "core/hark-handover.h", "core/hark-network.h"),
    "tests/ui": ("tests/ui/", "ui/", "core/hark.h", "core/hark-address.h", "core/hark-ending.h", "core/hark-handover.h", "core/hark-network.h"),
}

# Rooms from the ground up; rooms on one step do not know each other. "" are the files of the floor itself.
ROOMS = {
    "net": (("base",), ("dht", "lan", "noise", "path", "relay"), ("rendezvous", "session"), ("",), ("node",), ("io",)),
    "core": (("proto", "identity", "voice", "store", "nodes", "mailbox"), ("contacts", "backup", "archive"), ("chat", "files", "calls"), ("groups",), ("",), ("heart",), ("engine",)),
}
# only the heart, the engine and backups know the store
ONLY = {"core/store/": ("core/store/", "core/heart/", "core/engine/", "core/backup/", "core/archive/")}
# The door shows its runner as the last thing; the runner's code stands on the door.
DOOR_SHOWS = {("net/net.h", "net/io/runner.h")}

# net/base/locked.c and core/files/block.c are memory: every thread's, hence their mutexes
SHELLS = ("net/io/", "net/base/locked.c", "core/engine/", "core/store/", "core/archive/export", "core/backup/backup", "core/files/block.c",
          "core/files/disk.c", "core/files/disk-files.c", "core/files/disk-source.c", "core/files/disk-target.c", "core/files/disk-work.c",
          "core/files/disk-write.c",
          "core/voice/voice.c", "core/voice/device", "core/voice/pacer.c", "core/voice/wav.c", "app/", "ui/", "tests/")
WORLD = re.compile(
    r"(?<![\w.>])(socket|sendto|sendmsg|recvfrom|recvmsg|clock_gettime|gettimeofday|time|localtime|nanosleep|usleep"
    r"|g_usleep|g_get_monotonic_time|g_get_real_time|g_date_time_new_now\w*|g_timeout_add\w*|g_timeout_source_new\w*"
    r"|g_idle_add\w*|g_thread_\w+|g_mutex_\w+|pthread_\w+|g_random_\w+|g_rand_\w+|rand|random|randombytes_\w+"
    r"|crypto_\w+_keygen|crypto_box_keypair|crypto_sign_keypair|crypto_kx_keypair"
    r"|getenv|g_getenv|fopen|mkstemp|g_open|g_file_\w+|g_mkdir\w*|g_unlink|g_rename)\s*\(")

# every foreign library has one home
HOMES = {
    "ngtcp2/": ("net/session/",),
    "nice/": ("net/io/",),
    "miniupnpc/": ("net/io/",),
    "natpmp.h": ("net/io/",),
    "agent.h": ("net/io/",),
    "sqlite3": ("core/store/",),
    "sqlcipher/": (),
    "opus": ("core/voice/",),
    "pulse/": ("core/voice/device-",),
    "protobuf-c/": ("core/proto/",),
    "libsecret/": ("core/store/keyring",),
    "gtk/": ("ui/", "app/"),
    "gdk/": ("ui/", "app/"),
    "handy": ("ui/", "app/"),
    "json-glib/": ("app/",),
    "gdk-pixbuf/": ("ui/", "app/picture.c"),
    "zbar.h": ("app/picture.c",),
    "qrencode.h": ("ui/qr-code.c",),
}

INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')


def room(path):
    """(floor, step) of a file in net or core, or None."""
    floor, _, rest = path.partition("/")
    folder = rest.split("/")[0] if "/" in rest else ""
    for step, names in enumerate(ROOMS.get(floor, ())):
        if folder in names:
            return floor, step, folder
    return None


def check_include(path, included):
    """Why path may not include a file of ours, or None."""
    floor = "tests/ui" if path.startswith("tests/ui/") else path.split("/")[0]
    if included.split("/")[0] not in source.FLOORS:
        return f"{included} is not written from the root" if "/" not in included or included[0] == "." else None
    if floor in MAY and not included.startswith(MAY[floor]):
        return f"{floor} may not include {included}"
    for what, who in ONLY.items():
        if included.startswith(what) and floor in ROOMS and not path.startswith(who):
            return f"only {' '.join(who)} may include {included}"
    here, there = room(path), room(included)
    if here and there and here[0] == there[0] and (path, included) not in DOOR_SHOWS:
        if there[1] > here[1] or (there[1] == here[1] and there[2] != here[2]):
            return f"{here[0]}/{here[2]} stands below or beside {included}"
    return None


def check_library(path, included):
    if path.startswith("tests/"):
        return None
    for library, homes in HOMES.items():
        if included.startswith(library) and not path.startswith(homes):
            return f"<{included}> belongs to {' '.join(homes) or 'nobody'}"
    return None


def definitions(text):
    """Names of the functions that a .c file defines for others; the layout puts them at the start of a line."""
    return {m[1] for m in re.finditer(r"^(?!static)[a-zA-Z_][^\n;={}]*\n(\w+) \([^;{}]*\)\n\{", text, re.M)
            if m[1] != "main"}


def cycles(graph, what):
    found, done = [], set()

    def visit(node, trail):
        if node in trail:
            found.append(f"{what} cycle: " + " -> ".join(trail[trail.index(node):] + [node]))
        elif node not in done:
            for following in sorted(graph.get(node, ())):
                if following != node and following in graph:
                    visit(following, trail + [node])
            done.add(node)

    for node in sorted(graph):
        visit(node, [])
    return found


def calls(texts):
    """{.c file: .c files whose functions it names}"""
    home = {}
    for path, text in texts.items():
        for name in definitions(text):
            home.setdefault(name, path)
    return {path: {home[word] for word in set(re.findall(r"\b\w+\b", text)) & home.keys()}
            for path, text in texts.items()}


def twice(texts):
    homes = {}
    for path, text in texts.items():
        for name in definitions(text):
            homes.setdefault(name, []).append(path)
    return [f"{name}() is defined in {' and '.join(paths)}" for name, paths in sorted(homes.items()) if len(paths) > 1]


def check_line(path, line, number, edges):
    pure = path.startswith(("net/", "core/")) and not path.startswith(SHELLS)
    if include := INCLUDE.match(line):
        quoted, name = include[1] == '"', include[2]
        if quoted and (path, name) not in DOOR_SHOWS:
            edges.add(name)
        why = check_include(path, name) if quoted else check_library(path, name)
    else:
        world = WORLD.search(line) if pure else None
        why = f"{world[1]}() in a pure file" if world else None
    return [f"{path}:{number}: {why}"] if why else []


def check(root):
    found, headers, texts = [], {}, {}
    for path in source.c_files(root):
        text = source.without_strings((pathlib.Path(root) / path).read_text())
        edges = headers.setdefault(path, set()) if path.endswith(".h") else set()
        if path.endswith(".c") and not path.startswith("tests/"):
            texts[path] = text
        for number, line in enumerate(text.split("\n"), 1):
            found += check_line(path, line, number, edges)
    return found + cycles(headers, "header") + cycles(calls(texts), "call") + twice(texts)


if __name__ == "__main__":
    sys.exit(source.run(check, sys.argv[1], "layers"))
