#!/usr/bin/env python3
"""selftest.py - plants one violation after another in a small tree and expects each check to name it."""
import contextlib
import io
import pathlib
import sys
import tempfile

import format as layout
import included
import layers
import lengths
import manners

CLEAN = {
    "net/base/key.h": "#pragma once\n\n#include <stdint.h>\n",
    "net/dht/table.c": '#include "net/dht/table.h"\n\n#include "net/base/key.h"\n\n/* time (NULL) is for shells */\n',
    "net/dht/table.h": "#pragma once\n",
    "net/net.h": '#pragma once\n\n#include "net/base/key.h"\n\n#include "net/io/runner.h"\n',
    "net/io/runner.h": "#pragma once\n",
    "net/io/runner.c": '#include "net/net.h"\n\n#include <time.h>\n',
    "core/heart/core.c": '#include "core/store/store.h"\n\n#include "net/net.h"\n',
    "core/store/store.h": "#pragma once\n",
    "core/hark.h": "#pragma once\n",
    "ui/window.c": '#include "core/hark.h"\n\n#include <gtk/gtk.h>\n',
    "README.md": "Hark\n",
    ".clang-format": "BasedOnStyle: GNU\n",
}

LONG = "void\nlong_one (void)\n{\n" + "  step ();\n" * 99 + "}\n"

# check, file, its text, words that must be in the answer
PLANTED = [
    (layers, "ui/page.c", '#include "core/heart/core.h"\n', "ui may not include core/heart/core.h"),
    (layers, "core/chat/outbox.c", '#include "net/dht/table.h"\n', "core may not include net/dht/table.h"),
    (layers, "core/chat/outbox.c", '#include "core/store/store.h"\n', "may include core/store/store.h"),
    (layers, "net/base/key.c", '#include "net/dht/table.h"\n', "net/base stands below"),
    (layers, "net/dht/lookup.c", '#include "net/io/runner.h"\n', "net/dht stands below"),
    (layers, "net/noise/gate.c", '#include "net/dht/table.h"\n', "net/noise stands below"),
    (layers, "core/contacts/contact.c", '#include "core/calls/call.h"\n', "core/contacts stands below"),
    (layers, "net/dht/lookup.c", "void f (void) { x = time (NULL); }\n", "time() in a pure file"),
    (layers, "core/calls/call.c", "void f (void) { randombytes_buf (x, 3); }\n", "randombytes_buf() in a pure file"),
    (layers, "core/chat/outbox.c", "#include <sqlite3.h>\n", "<sqlite3.h> belongs to core/store/"),
    (layers, "net/io/quic.c", "#include <ngtcp2/ngtcp2.h>\n", "belongs to net/session/"),
    (layers, "core/chat/outbox.c", "#include <protobuf-c/protobuf-c.h>\n", "belongs to core/proto/"),
    # speaking of a type of the door that stands above is fine
    (layers, "net/dht/item.c", '#include "net/dht/table.h"\n', None),
    (layers, "net/dht/table.c", '#include "table.h"\n', "table.h is not written from the root"),
    (layers, "net/dht/table.c", '#include "../dht/table.h"\n', "../dht/table.h is not written from the root"),
    (included, "net/dht/lookup.c", "bool hark_found;\n", "bool without <stdbool.h>"),
    (included, "net/dht/lookup.c", "void f (void) { randombytes_buf (x, 3); }\n", "randombytes_buf without <sodium.h>"),
    (included, "ui/page.c", "#include <glib.h>\n\nstatic GtkWidget *page;\n", "GtkWidget without <gtk/gtk.h>"),
    (included, "ui/page.c", "/* GtkWidget */\n#include <gtk/gtk.h>\n\nstatic GtkWidget *page;\nstatic gboolean up;\n", None),
    (lengths, "net/dht/lookup.c", LONG, "long_one has 103 lines"),
    (lengths, "net/dht/lookup.c", "int x;\n" * 901, "901 lines"),
    (manners, "notes.txt", "x\n", "top level"),
    (manners, "net/dht/item.c", 'hash (x, "hark/item/1");\n', "belongs in net/base/domain.h"),
    (manners, "net/dht/item.c", 'ask ("stun.example.com:3478");\n', "names the host stun.example.com"),
    (manners, "net/README.md", "see /wor" + "k/main\n", "path of one machine"),
    (manners, "net/dht/item.c", "/* TO" + "DO later */\n", "TO" + "DO"),
    (manners, "net/README.md", "see net/dht/gone.c\n", "names net/dht/gone.c"),
    (manners, "net/README.md", "see [it](gone.md)\n", "links to gone.md"),
    (manners, "net/dht/item.c", "/* as ui/gone.h does */\n", "names ui/gone.h"),
    (manners, "net/README.md", "net/dht/table.c, [keys](base/key.h), [all](../README.md), build/net/dht/x.c\n", None),
    (layout, "net/dht/item.c", "int x ;\n", "not as clang-format"),
]

PAIRS = [
    (manners, "app/run: does not build hark-picture",
     {"app/run": "compile build app/hark app/hark-cli\n",
      "app/meson.build": "cli = executable('hark-cli',\n  'a.c', install: true)\n\n"
                         "hark = executable('hark', files('a.c'),\n  install: true)\n\n"
                         "picture = executable('hark-picture', 'p.c', install: true)\n"}),
    (layers, "header cycle: net/dht/a.h -> net/dht/b.h -> net/dht/a.h",
     {"net/dht/a.h": '#include "net/dht/b.h"\n', "net/dht/b.h": '#include "net/dht/a.h"\n'}),
    (included, "net/a.c:3: uint8_t without <stdint.h>",
     {"net/a.h": "#include <stdbool.h>\n", "net/a.c": '#include "net/a.h"\n\nuint8_t a;\nbool b;\n'}),
    (layers, "hark_a() is defined in core/a.c and net/a.c",
     {"net/a.c": "void\nhark_a (void)\n{\n}\n", "core/a.c": "void\nhark_a (void)\n{\n}\n"}),
    (layers, "call cycle: net/dht/a.c -> net/dht/b.c -> net/dht/a.c",
     {"net/dht/a.c": "void\nhark_a (void)\n{\n  hark_b ();\n}\n",
      "net/dht/b.c": "void\nhark_b (void)\n{\n  hark_a ();\n}\n"}),
]


def build(files):
    tree = tempfile.TemporaryDirectory(prefix="lint-")
    for name, text in files.items():
        path = pathlib.Path(tree.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tree


def ask(check, root):
    """What the check found, without what it prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        return check.check(root)


def main():
    wrong = 0
    checks = [layers, included, lengths, manners] + ([layout] if layout.program() else [])
    with build(CLEAN) as root:
        for check in checks:
            if found := ask(check, root):
                wrong += 1
                print(f"{check.__name__}: finds fault with a clean tree: {found}")
    for check, name, text, words in PLANTED:
        if check not in checks:
            continue
        with build({**CLEAN, name: text}) as root:
            found = ask(check, root)
            if bool(found) != bool(words) or words and not any(words in line for line in found):
                wrong += 1
                print(f"{check.__name__}: {name} with {text[:60]!r}: wanted {words!r}, got {found}")
    for check, title, files in PAIRS:
        with build({**CLEAN, **files}) as root:
            if not any(line.startswith(title) for line in ask(check, root)):
                wrong += 1
                print(f"{check.__name__}: misses: {title}")
    print(f"{len(PLANTED) + len(PAIRS)} planted, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
