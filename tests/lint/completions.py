#!/usr/bin/env python3
"""completions.py ROOT - bash, zsh and fish know the same verbs, the program has them, and the manuals tell of each and of every option."""
import pathlib
import re
import sys

OTHERS = {"init", "run", "node", "restore", "erase", "help", "version"}  # no rows of the table
PARTS = {"group", "clip", "share", "mailbox", "relay", "network"}  # verbs of two words are rows as "group-create"


def words_between(path, begin, end):
    found = re.search(re.escape(begin) + "(.*?)" + end, path.read_text(), re.DOTALL)
    return set(found.group(1).replace("\\\n", " ").split()) if found else set()


def options_of(path):
    """Options a file takes, without hidden ones."""
    text = path.read_text()
    return set(re.findall(r'\{"([a-z-]+)",\s*(?:0|\'.\'),\s*0,\s*G_OPTION', text) + re.findall(r'FLAG \("([a-z-]+)"', text))


def main(root):
    data = root / "app/data"
    shells = {"bash": words_between(data / "hark-cli.bash", "local verbs='", "'"),
              "zsh": words_between(data / "hark-cli.zsh", "verbs=(", r"\)"),
              "fish": words_between(data / "hark-cli.fish", "set -l verbs ", "\n\n")}
    rows = set(re.findall(r'^  \{"([a-z-]+)",', (root / "app/cli/verb-table.c").read_text(), re.MULTILINE))
    manual = (data / "hark-cli.1").read_text().replace("\\-", "-")
    wrong = [f"{shell} lacks or adds: {' '.join(sorted(verbs ^ shells['bash']))}"
             for shell, verbs in shells.items() if verbs != shells["bash"] or not verbs]
    for row in sorted(rows):
        first = row.split("-")[0]
        if row not in shells["bash"] and not (first in PARTS and first in shells["bash"]):
            if row not in ("join", "leave"):  # of network
                wrong.append(f"no completion has {row}")
    for verb in sorted(shells["bash"] - OTHERS):
        spoken = re.escape(verb).replace(r"\-", "[ -]")  # "mailbox for" is a row, too
        if not re.search(rf"(?<![a-z-]){spoken}(?![a-z-])", manual):
            wrong.append(f"the manual does not tell of {verb}")
    for path in sorted((root / "app").glob("*.c")):
        page = data / ("hark.1" if path.name == "main-gui.c" else "hark-cli.1")
        told = page.read_text().replace("\\-", "-")
        wrong += [f"{page.name} does not tell of --{option} ({path.name})" for option in sorted(options_of(path))
                  if not re.search(rf"--{option}(?![a-z-])", told)]
    print("\n".join(wrong) if wrong else "completions: clean")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
