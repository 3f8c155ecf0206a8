#!/usr/bin/env python3
"""smoke.py HARK-CLI BENCH... - each benchmark, with next to nothing to do, comes to its end and prints what it should.

Figures are nobody's business here: a benchmark that broke is otherwise found when its figures are wanted.
"""
import json
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
# name -> arguments of each run
RUNS = {
    "aead": [["0.01"]],
    "archive": [["4000"]],
    "backup": [["500"]],
    "connect": [["1", "1"]],
    "crowd": [["3", "60", "100"]],
    "file": [["8"]],
    "idle": [["1", "1"]],
    "krpc": [["2000"]],
    "memory": [["2"]],
    "message": [["5", "50"]],
    "narrow": [["100000", "1"]],
    "noise": [["20"]],
    "path": [["20000"]],
    "session": [["0.05"]],
    "sim": [["--nodes", "100", "small"]],
    "store": [["1000"]],
    "voice": [[str(ROOT / "tests/lab/speech.wav"), "", "1", "clean"]],
}
SCRIPTS = {"floods": ["--only", "open,changes", "--messages", "10"]}  # with hark on a screen, where there is one: 77 if not
LONG = {"swarm": [["10"]]}  # a minute and a half, mostly of waiting
ALONE = {"tox", "toxav"}  # measure nothing by themselves
TIME = 240  # seconds; most of them of waiting


def wrong_with(line):
    try:
        figure = json.loads(line)
    except ValueError:
        return f"no JSON: {line[:200]}"
    return None if isinstance(figure, dict) and figure.get("bench") else f'no "bench": {line[:200]}'


def run(task):
    title, words = task
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=TIME, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return title, [f"not over after {TIME} s"]
    lines = done.stdout.splitlines()
    if done.returncode == 77:
        return f"{title} # SKIP", []
    wrong = [found for line in lines if (found := wrong_with(line))]
    if done.returncode != 0:
        wrong.append(f"status {done.returncode}: {done.stderr[-2000:]}")
    if not lines:
        wrong.append("prints nothing")
    return title, wrong


def main(hark_cli, programs):
    rows = {**RUNS, **(LONG if os.environ.get("HARK_LONG") else {})}
    names = {program.name.removeprefix("bench-"): program for program in programs}
    failed = 0
    for name in sorted(names.keys() - RUNS.keys() - LONG.keys() - ALONE):
        failed += 1
        print(f"not ok - {name} has no row in {pathlib.Path(__file__).name}")
    tasks = [(f"{name}.py {' '.join(args)}", [sys.executable, "-B", ROOT / f"tests/bench/bench-{name}.py", hark_cli, *args])
             for name, args in SCRIPTS.items()]
    tasks += [(" ".join([program.name, *args]), [program, *args])
              for name, program in names.items() for args in rows.get(name, [])]
    with ThreadPoolExecutor(4) as pool:
        for title, wrong in pool.map(run, tasks):
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} - {title}", *(f"\n#   {line}" for line in wrong), flush=True)
    for path in sorted(ROOT.glob("tests/bench/*.py")):
        compile(path.read_text(), path, "exec")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]))
