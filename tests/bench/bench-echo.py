#!/usr/bin/env python3
"""bench-echo.py [--stages] HARK-CLI [CASE...] - the echo canceller on echolab's hard cases, beside speexdsp's.

A JSON line for each case and engine: {"bench":"echo","case","engine","erle_start","erle","erle_moved": dB of echo
removed in the first two seconds, when settled, two seconds after the path moved, "residual": dBFS that are left, "both",
"near": estimated MOS of the near voice while both speak, and alone, "delay": ms that it takes, "us": processor time for
a block of 10 ms}. --stages: also hark-filter (the linear filter alone)
and hark-echo (without noise suppression). speex is left out where it was not built in (libspeexdsp-dev). Skipped (77) without numpy and scipy.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
ECHOLAB = HERE.parent / "lab" / "echolab"
FIGURE = re.compile(r"(erle_start|erle_moved|erle|residual|both|near|delay) +(-?[0-9.]+)")


def lab(*arguments):
    return subprocess.run(["/usr/bin/python3", "-B", str(ECHOLAB), *arguments], check=True, capture_output=True,
                          text=True).stdout


def to_raw(path):
    with wave.open(f"{path}.wav") as sound:
        pathlib.Path(f"{path}.raw").write_bytes(sound.readframes(sound.getnframes()))


def to_wav(path):
    with wave.open(f"{path}.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48000)
        sound.writeframes(pathlib.Path(f"{path}.raw").read_bytes())


def measure(run, engine, folder, case):
    out = folder / f"{case}.{engine}"
    done = subprocess.run([str(run), engine, f"{folder / case}.far.raw", f"{folder / case}.mic.raw", f"{out}.raw"],
                          capture_output=True, text=True)
    if done.returncode == 2:
        return
    to_wav(out)
    figures = {name: float(value) for name, value in FIGURE.findall(lab("score", str(folder), case, f"{out}.wav"))}
    print(json.dumps({"bench": "echo", "case": case, "engine": engine, **figures, "us": float(done.stdout)}), flush=True)


def main(arguments):
    stages = arguments[:1] == ["--stages"]
    arguments = arguments[stages:]
    engines = ("hark", "hark-echo", "hark-filter", "speex") if stages else ("hark", "speex")
    run = pathlib.Path(arguments[0]).resolve().parent.parent / "tests" / "echo-run"
    if subprocess.run(["/usr/bin/python3", "-c", "import numpy, scipy"], capture_output=True).returncode:
        print("skipped: numpy and scipy are not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="hark-echo-") as name:
        folder = pathlib.Path(name)
        lab("make", name)
        for case in arguments[1:] or [line.split()[0] for line in lab("list").splitlines()]:
            for side in ("far", "mic"):
                to_raw(folder / f"{case}.{side}")
            for engine in engines:
                measure(run, engine, folder, case)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
