#!/usr/bin/env python3
"""manners.py ROOT - small rules that hold for every file.

domain strings only in net/base/domain.h · no host of anybody's in the code · no path of the machine it was written
on · nothing at the top but the house · no unfinished business · app/run builds whatever is installed to be run ·
files that comments and readmes name are there
"""
import pathlib
import posixpath
import re
import sys

import source

TOP = re.compile(r"(app|core|ui|net|tests)/|(meson\.build|README\.md|LICENSE)$|\.[^/]+")
DOMAIN = re.compile(r'"(hark/[a-z0-9-]+/\d+)"')
# Written in pieces, or this file would find itself.
MACHINE = re.compile("|".join((r"(?<![\w.])/wor" + r"k/", r"\.\./sha" + r"red\b", r"/tmp/bui" + r"ld-")))
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + r"ME|XX" + r"X)\b")
HOST = re.compile(r'"(?:[a-z]+://)?((?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|cc|de|eu))(?::\d+)?[/"]')
# a file of ours, as comments and readmes write it: from the root; includes are the compiler's
NAMED = re.compile(r"(?<![\w./-])(?:app|core|net|ui|tests)/[\w/.-]*\w\.(?:c|h|py|md|ui|xml|proto)\b")
LINK = re.compile(r"\]\(([^)#:]+)\)")
MADE = re.compile(r"\.pb-c\.[ch]$")
# the one list of hosts a user who names no bootstrap node starts from
HOSTS_HERE = "core/engine/bootstrap.c"
# names of file formats that look like one
FORMATS = {"age-encryption.org"}


def check_code(path, text, found):
    for number, line in enumerate(source.without_comments(text).split("\n"), 1):
        if path != "net/base/domain.h" and (m := DOMAIN.search(line)):
            found.append(f"{path}:{number}: \"{m[1]}\" belongs in net/base/domain.h")
        if path != HOSTS_HERE and (m := HOST.search(line)) and m[1] not in FORMATS:
            found.append(f"{path}:{number}: names the host {m[1]}")


def check_line(path, line, found, number):
    if m := MACHINE.search(line):
        found.append(f"{path}:{number}: path of one machine: {m[0]}")
    if path.endswith((".c", ".h", ".py")) and (m := UNFINISHED.search(line)):
        found.append(f"{path}:{number}: {m[0]}")


def check_names(path, text, there, found):
    """What is named but was moved or is gone misleads whoever reads it."""
    for number, line in enumerate(text.split("\n"), 1):
        if path.endswith((".c", ".h")) and line.lstrip().startswith("#"):
            continue
        for name in NAMED.findall(line):
            if name not in there and not MADE.search(name):
                found.append(f"{path}:{number}: names {name}, which is not there")
        for name in LINK.findall(line) if path.endswith(".md") else ():
            if posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) not in there:
                found.append(f"{path}:{number}: links to {name}, which is not there")


def check_programs(root, found):
    """A program that another one starts is missed only when somebody needs it."""
    build, run = pathlib.Path(root) / "app/meson.build", pathlib.Path(root) / "app/run"
    if not build.is_file() or not run.is_file():
        return
    built = set(re.findall(r"app/([a-z-]+)", " ".join(re.findall(r"^compile build (.*)$", run.read_text(), re.M))))
    for call in re.findall(r"\bexecutable\((.*?)\)\n(?:\n|\Z)", build.read_text(), re.S):
        name = re.match(r"'([^']+)'", call)[1]
        if re.search(r"\binstall: true", call) and name not in built:
            found.append(f"app/run: does not build {name}, which is installed")


def check(root):
    found = []
    check_programs(root, found)
    files = source.files(root)
    there = {*files, *(str(above) for path in files for above in pathlib.PurePosixPath(path).parents)}
    for path in files:
        if not TOP.match(path):
            found.append(f"{path}: the top level holds app core ui net tests, build file, README and licence only")
        try:
            text = (pathlib.Path(root) / path).read_text()
        except UnicodeDecodeError:
            continue
        if path.endswith((".c", ".h")) and not path.startswith("tests/"):
            check_code(path, text, found)
        if path.endswith((".c", ".h", ".md")):
            check_names(path, text, there, found)
        for number, line in enumerate(text.split("\n"), 1):
            check_line(path, line, found, number)
    return found


if __name__ == "__main__":
    sys.exit(source.run(check, sys.argv[1], "manners"))
