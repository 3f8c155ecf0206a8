#!/usr/bin/env python3
"""format.py ROOT - fails where clang-format (version 14, .clang-format) would lay a file out differently.

Skipped (77) without that version: others format differently.
"""
import re
import shutil
import subprocess
import sys

import source


def program():
    for name in ("clang-format-14", "clang-format"):
        if path := shutil.which(name):
            version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            if re.search(r"version 14\.", version):
                return path
    return None


def check(root, tool=None):
    found, names = [], source.c_files(root)
    for i in range(0, len(names), 20):
        run = subprocess.run([tool or program(), "--style=file", "--dry-run", "-Werror", "--ferror-limit=1",
                              *names[i:i + 20]], cwd=root, capture_output=True, text=True)
        found += sorted({m[1] + ": not as clang-format lays it out"
                         for m in re.finditer(r"^(\S+?):\d+:\d+: error:", run.stderr, re.M)})
        if run.returncode and not found:
            found.append(run.stderr.strip())
    return found


if __name__ == "__main__":
    if not program():
        print("clang-format 14 is not installed")
        sys.exit(77)
    sys.exit(source.run(check, sys.argv[1], "format"))
