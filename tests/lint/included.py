#!/usr/bin/env python3
"""included.py ROOT - fails when a .c file names what no header brings that it, or a header of ours in it, includes.

Of the headers that tests/run has read once a target (net/pch/ground.h, ui/pch/window.h): its compiler does not miss them.
"""
import pathlib
import re
import sys

import source

GTK = ("gtk/", "gdk/", "handy.h", "gspell/")
GLIB = ("glib", "gio/", "json-glib/", "nice/", "stun/", "gdk-pixbuf/") + GTK
# what a file names, and system headers that bring it, as prefixes
NEEDS = (
    (re.compile(r"\b((?:gtk|GTK|hdy|HDY)_\w+|(?:Gtk|Hdy)[A-Z]\w+)"), "gtk/gtk.h", GTK),
    (re.compile(r"\b((?:gdk|GDK)_\w+|Gdk[A-Z]\w+)"), "gtk/gtk.h", ("gdk-pixbuf/",) + GTK),
    (re.compile(r"\b(g_[a-z]\w*|G_[A-Z]\w+|G(?:Array|Ptr|Hash|Byte|String|Error|List|Queue|Main|Source)\w*"
                r"|gboolean|gpointer|gconstpointer|guint\d*|gsize)\b"), "glib.h", GLIB),
    (re.compile(r"\b((?:crypto|sodium|randombytes)_[a-z]\w*)\b"), "sodium.h", ("sodium.h",)),
    (re.compile(r"\b(bool|true|false)\b"), "stdbool.h", ("stdbool.h", "tox/")),
    (re.compile(r"\b(u?int(?:8|16|32|64)_t|UINT(?:8|16|32|64)_MAX)\b"), "stdint.h",
     ("stdint.h", "inttypes.h", "sodium.h", "ngtcp2/", "protobuf-c/", "netinet/", "arpa/", "opus", "pulse/", "tox/") + GTK),
    (re.compile(r"\b(mem(?:cpy|set|cmp|move|chr|mem)|str(?:n?len|n?cmp|n?cpy|n?cat|r?chr|str|p?brk|c?spn|error))\s*\("), "string.h",
     ("string.h", "sodium.h") + GLIB),
)
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def brought(path, texts, seen):
    """The system headers that a file includes, and those of ours in it."""
    if path in seen:
        return set()
    seen.add(path)
    found = set()
    for kind, name in INCLUDE.findall(texts[path]):
        if kind == "<":
            found.add(name)
        elif name in texts:
            found |= brought(name, texts, seen)
        elif name.endswith(".pb-c.h"): # generated
            found.add("protobuf-c/protobuf-c.h")
    return found


def check(root):
    texts = {path: source.without_strings((pathlib.Path(root) / path).read_text()) for path in source.c_files(root)}
    found = []
    for path, text in texts.items():
        if not path.endswith(".c"):
            continue
        headers = brought(path, texts, set())
        code = INCLUDE.sub("", text)
        for names, header, homes in NEEDS:
            if (name := names.search(code)) and not any(h.startswith(homes) for h in headers):
                found.append(f"{path}:{code[:name.start()].count(chr(10)) + 1}: {name[1]} without <{header}>")
    return found


if __name__ == "__main__":
    sys.exit(source.run(check, sys.argv[1], "included"))
