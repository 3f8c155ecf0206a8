"""tally.py N BROKEN... LOGBASE... - adds up what the stages of tests/run left in their logs.

N sentences about what failed before any test could run, then paths of "meson test" logs without their endings. A test
that speaks TAP counts as many as it reports; one that ends badly without saying which counts as one failure. A test
whose second attempt (LOGBASE-again) passed counts by that one, and is named.

tally.py --failed LOGBASE - names of the tests that failed, one a line.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
GOOD, SKIPPED = ("OK", "EXPECTEDFAIL"), ("SKIP",)


def short(name):
    """The test's own name: logs put project and suite before it."""
    return name.split(" / ")[-1] if " / " in name else name.split(".", 1)[-1]


def subtests(logbase):
    """{test: [passed, failed, skipped]} of the tests that report parts."""
    counts = {}
    path = pathlib.Path(logbase + ".junit.xml")
    # meson copies what a failed test printed, whatever that was
    text = NO_XML.sub("?", path.read_text(errors="replace")) if path.exists() else "<none/>"
    for suite in xml.fromstring(text).iter("testsuite"):
        for case in suite.iter("testcase"):
            kind = 1 if case.find("failure") is not None or case.find("error") is not None else \
                2 if case.find("skipped") is not None else 0
            counts.setdefault(short(suite.get("name")), [0, 0, 0])[kind] += 1
    return counts


def results(logbase):
    """{test: 0 passed, 1 failed or 2 skipped}"""
    path = pathlib.Path(logbase + ".json")
    tests = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return {short(t["name"]): (0 if t["result"] in GOOD else 2 if t["result"] in SKIPPED else 1) for t in tests}


def tally(logbase):
    """(passed, failed, skipped, sentences about failures, names that passed only on the second attempt)"""
    found, again = results(logbase), results(logbase + "-again")
    if not found:
        return 0, 1, 0, [f"{logbase}: no test ran"], []
    parts, total, words, late = subtests(logbase), [0, 0, 0], [], []
    for name, kind in found.items():
        own = parts.get(name, [0, 0, 0])
        if kind == 1 and again.get(name) == 0:
            kind, own = 0, subtests(logbase + "-again").get(name, [0, 0, 0])
            late.append(f"{pathlib.Path(logbase).name}: {name}")
        if kind == 1 and own[1] == 0 or sum(own) == 0:
            own = [n + (i == kind) for i, n in enumerate(own)]
        if kind == 1:
            words.append(f"{pathlib.Path(logbase).name}: {name}")
        total = [a + b for a, b in zip(total, own)]
    return (*total, words, late)


def main(arguments):
    if arguments[0] == "--failed":
        for name, kind in results(arguments[1]).items():
            if kind == 1:
                print(name)
        return 0
    n = int(arguments[0])
    broken, logs = arguments[1:1 + n], arguments[1 + n:]
    passed, failed, skipped = 0, n, 0
    for logbase in logs:
        p, f, s, words, late = tally(logbase)
        passed, failed, skipped, broken = passed + p, failed + f, skipped + s, broken + words
        for name in late:
            print("passed only on the second attempt:", name)
    for words in broken:
        print("failed:", words)
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
