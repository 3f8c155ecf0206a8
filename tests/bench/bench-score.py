#!/usr/bin/env python3
"""bench-score.py HARK-CLI - how much speech suffers from what networks do to it.

Runs bench-voice, which sends speech through encoder, packets, a link in virtual time, playout and decoder, and prints a
JSON line a case: {"bench":"score","case","mos": by speechscore (1 to 4.64; above 4.5 is like the original), "missing":
share of speech that is gone, "gap_ms": the longest piece of it}. Deterministic. Skipped (77) without numpy and scipy.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAB = HERE.parent / "lab"

GAPS = """
import importlib.machinery, importlib.util, sys
import numpy as np
loader = importlib.machinery.SourceFileLoader("speechscore", sys.argv[1])
ss = importlib.util.module_from_spec(importlib.util.spec_from_loader("speechscore", loader))
loader.exec_module(ss)
ref, ear = ss.read(sys.argv[2]), ss.read(sys.argv[3])
result = ss.score(ref, ear)
r = ss.resample_poly(ref, 1, 3)
a, _ = ss.aligned(r, ss.resample_poly(ear, 1, 3))
level = lambda x: np.sqrt(np.mean(x[:len(x) // 80 * 80].reshape(-1, 80) ** 2, axis=1))
gone = (level(r) > 0.1 * ss.active(r)) & (level(a)[:len(level(r))] < 0.05 * level(r))
longest = run = 0
for x in gone:
    run = run + 1 if x else 0
    longest = max(longest, run)
print(result["mos"], result["missing"], longest * 5)
"""


def main(arguments):
    program = pathlib.Path(arguments[0]).resolve().parent.parent / "tests" / "bench-voice"
    if subprocess.run(["/usr/bin/python3", "-c", "import numpy, scipy"], capture_output=True).returncode:
        print("skipped: numpy and scipy are not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="hark-score-") as name:
        subprocess.run([str(program), str(LAB / "speech.wav"), name], check=True, stdout=subprocess.DEVNULL)
        for path in sorted(pathlib.Path(name).glob("*.wav")):
            if path.stem == "reference":
                continue
            found = subprocess.run(["/usr/bin/python3", "-B", "-c", GAPS, str(LAB / "speechscore"), f"{name}/reference.wav",
                                    str(path)], check=True, capture_output=True, text=True).stdout.split()
            print(json.dumps({"bench": "score", "case": path.stem, "mos": round(float(found[0]), 2),
                              "missing": round(float(found[1]), 4), "gap_ms": int(found[2])}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
