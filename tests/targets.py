"""targets.py FOLDER [--suite NAME]... [TEST]... - what has to be built in FOLDER for these tests, one file a line, as ninja
names it. A sanitizer's build needs a part of the whole, and no window."""
import json
import pathlib
import sys


def wanted(test, suites, names):
    return test["name"] in names or any(suite.split(":")[-1] in suites for suite in test["suite"])


def files(folder, suites, names):
    info = folder / "meson-info"
    tests = json.loads((info / "intro-tests.json").read_text())
    needed = {target for test in tests if wanted(test, suites, names) for target in test["depends"]}
    for target in json.loads((info / "intro-targets.json").read_text()):
        if target["id"] in needed:
            yield from (str(pathlib.Path(path).relative_to(folder)) for path in target["filename"])


def main(words):
    folder, suites, names = pathlib.Path(words[0]).resolve(), set(), set()
    for before, word in zip(words, words[1:]):
        if before == "--suite":
            suites.add(word)
        elif word != "--suite":
            names.add(word)
    print("\n".join(files(folder, suites, names)))


if __name__ == "__main__":
    main(sys.argv[1:])
