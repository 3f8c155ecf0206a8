#!/usr/bin/env python3
"""languages.py ROOT - every sentence of the window is there in every language.

POTFILES names every file with marked sentences · each .ui string is marked · each language of LINGUAS has all of them,
none of them fuzzy, with the same format · what is written from right to left is so where it begins with a part or "Hark", too ·
parts {1}, {2} of the engine's sentences are the same · the engine still says what ui/core-words.c knows. Skipped where gettext is not installed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import source

MARKED = re.compile(r'\b(?:N?_|C_|ngettext) \(')
UI_TEXT = re.compile(r'<(?:property|attribute) name="(?:label|title|placeholder-text|tooltip-text|accessible-name|subtitle)"'
                     r'>([^<]*)<')
PART = re.compile(r"\{\d\}")
RIGHT_TO_LEFT = {"ar"}
BEGINS_LEFT = re.compile(r'^msgstr(?:\[\d\])? "(%s.*|«?(?:%s|\{\d\}|[A-Za-z]).*[\u0600-\u06ff].*)"$', re.M)
KEYWORDS = ("_", "N_", "C_:1c,2", "ngettext:1,2")


def listed(path):
    return [line for line in path.read_text().split("\n") if line and not line.startswith("#")]


def check_files(root, found):
    potfiles = set(listed(root / "ui/po/POTFILES"))
    for name in source.files(root):
        if not name.startswith("ui/") or not name.endswith((".c", ".ui")):
            continue
        text = (root / name).read_text()
        marked = "translatable=" in text if name.endswith(".ui") else MARKED.search(text)
        if marked and name not in potfiles:
            found.append(f"{name}: is not in ui/po/POTFILES")
        for word in UI_TEXT.findall(text) if name.endswith(".ui") else ():
            if re.search("[A-Za-z]{2}", word) and word != "Hark":
                found.append(f'{name}: "{word}" is not translatable')
    found.extend(f"ui/po/POTFILES: there is no {name}" for name in sorted(potfiles) if not (root / name).is_file())


def sentences_of(po):
    """[(msgid, msgstr)] of a file that msgfmt has found well formed."""
    text = re.sub(r'"\n"', "", po.read_text())
    return re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', text, re.M)


def check_languages(root, pot, found):
    for language in listed(root / "ui/po/LINGUAS"):
        po = root / f"ui/po/{language}.po"
        for command in (["msgfmt", "-c", "--check-accelerators=_", "-o", "/dev/null", po], ["msgcmp", po, pot]):
            done = subprocess.run(command, capture_output=True, text=True, cwd=root)
            if done.returncode:
                found.extend(f"{command[0]} {language}: {line}" for line in done.stderr.strip().split("\n")[:20])
        if language in RIGHT_TO_LEFT: # GTK goes by the first letter, which may be that of "3 MB"
            found.extend(f'{language}: "{text}" begins with a part or a word of ours: put U+200F before it'
                         for text in BEGINS_LEFT.findall(re.sub(r'"\n"', "", po.read_text())))
        for said, translated in sentences_of(po):
            if sorted(PART.findall(said)) != sorted(PART.findall(translated)):
                found.append(f'{language}: other parts in "{translated}"')


def literals_of(root):
    """What the engine can say, and ui/picture-child.c, with adjacent literals joined."""
    names = [n for n in source.c_files(root) if n.startswith(("core/", "net/")) or n == "ui/picture-child.c"]
    return "\n".join(re.sub(r'"[\s\\]*"', "", source.without_comments((root / n).read_text())) for n in names)


def check_engine(root, found):
    said = literals_of(root)
    known = re.sub(r'"\s*"', "", source.without_comments((root / "ui/core-words.c").read_text()))
    for sentence in re.findall(r'N_ \("(.*?)"\)', known, re.S):
        for piece in PART.split(sentence):
            for words in piece.strip().removesuffix(":").lstrip("%: ").split(" % "):
                words = re.sub("^('s Hark|”) ", "", words) # what the engine puts before a verb
                if re.search("[a-z]{3}", words) and words.strip(".: ") not in said:
                    found.append(f'ui/core-words.c: the engine does not say "{words}"')


def check(root):
    root = pathlib.Path(root)
    found = []
    check_files(root, found)
    check_engine(root, found)
    if not all(map(shutil.which, ("xgettext", "msgfmt", "msgcmp"))):
        print("gettext is not installed: languages are not compared")
        return found
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "hark.pot"
        done = subprocess.run(["xgettext", "--from-code=UTF-8", "--files-from=ui/po/POTFILES", "-o", pot,
                               *(f"--keyword={word}" for word in KEYWORDS)], capture_output=True, text=True, cwd=root)
        if done.returncode:
            return [*found, done.stderr]
        check_languages(root, pot, found)
    return found


if __name__ == "__main__":
    sys.exit(source.run(check, sys.argv[1], "languages"))
