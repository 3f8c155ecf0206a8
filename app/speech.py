"""Finds a piece of speech again in a recording of it, with nothing but the standard library.

Both are 48 kHz, 16-bit, mono WAV files. The level of every 5 ms says roughly how far the recording lags behind; then
half-second windows of 12 kHz samples are matched within 20 ms of that by normalised cross-correlation. A window that is
not there is looked for within 0.4 s, among 4 kHz samples first: playout may lag more at one time than at another.
"""
import array
import math
import operator
import sys
import wave

RATE = 48000
FINE = 12000                  # samples/s of the matching
COARSE = 4000                 # and of the wider search
NEAR, WIDE = 0.02, 0.4        # s that the two look around
LEVELS = 200                  # levels/s of the rough search
MATCH_MIN = 0.5               # correlation from which a window counts as found again
LAG_MIN, LAG_MAX = -0.5, 2.0  # s


def read(path):
    with wave.open(str(path)) as w:
        if (w.getframerate(), w.getsampwidth()) != (RATE, 2):
            raise ValueError(f"{path}: {w.getframerate()} Hz, {8 * w.getsampwidth()} bit; 48 kHz and 16 bit expected")
        samples = array.array("h", w.readframes(w.getnframes()))
        channels = w.getnchannels()
    if sys.byteorder == "big":
        samples.byteswap()
    return samples[::channels] if channels > 1 else samples


def write(path, samples):
    if sys.byteorder == "big":
        samples = array.array("h", samples)
        samples.byteswap()
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(samples.tobytes())


def decimate(samples, to):
    step = RATE // to
    return [sum(samples[i:i + step]) / step for i in range(0, len(samples) - step + 1, step)]


def levels(samples):
    """Loudness-like level of every 5 ms, mean removed."""
    step = RATE // LEVELS
    found = [math.log10(100 + sum(map(abs, samples[i:i + step])) / step)
             for i in range(0, len(samples) - step + 1, step)]
    mean = sum(found) / max(1, len(found))
    return [x - mean for x in found]


def dot(a, b):
    return sum(map(operator.mul, a, b))


def rough_lag(reference, recording):
    """Seconds by which the recording lags behind the reference."""
    a, b = levels(reference), levels(recording)
    best, best_lag = -math.inf, 0
    for lag in range(int(LAG_MIN * LEVELS), int(LAG_MAX * LEVELS)):
        x, y = a[max(0, -lag):], b[max(0, lag):]
        n = min(len(x), len(y))
        if n < LEVELS:
            continue
        score = dot(x[:n], y[:n]) / n
        if score > best:
            best, best_lag = score, lag
    return best_lag / LEVELS


def match(a, b, rate, at, lag, reach):
    """(correlation, lag in samples) of the half second of a that begins at `at`, searched in b up to `reach` from
    `lag`; both hold `rate` samples a second."""
    length = rate // 2
    window = a[at:at + length]
    power = dot(window, window)
    best, best_lag = -1.0, lag
    for shift in range(lag - reach, lag + reach + 1):
        begin = at + shift
        if begin < 0 or begin + length > len(b):
            continue
        piece = b[begin:begin + length]
        score = dot(window, piece) / (math.sqrt(power * dot(piece, piece)) + 1e-9)
        if score > best:
            best, best_lag = score, shift
    return best, best_lag


def find(fine, coarse, at, lag):
    """match() among the (reference, recording) of both rates, at and lag in fine samples."""
    near = match(*fine, FINE, at, lag, round(NEAR * FINE))
    if near[0] >= MATCH_MIN:
        return near
    step = FINE // COARSE
    wide = match(*coarse, COARSE, at // step, lag // step, round(WIDE * COARSE))
    return max(near, match(*fine, FINE, at, wide[1] * step, 2 * step))


def compare(reference_path, recording_path, seconds):
    """What became of the first `seconds` of the reference: a dict with windows (with speech), found (share of them),
    correlation (median of those found), lag_ms (median: recording behind reference) and wander_ms (largest change)."""
    reference = read(reference_path)[:int(seconds * RATE)]
    recording = read(recording_path)
    lag = round(rough_lag(reference, recording) * FINE)
    fine = decimate(reference, FINE), decimate(recording, FINE)
    coarse = decimate(reference, COARSE), decimate(recording, COARSE)
    window = FINE // 2
    pieces = [(i, fine[0][i:i + window]) for i in range(0, len(fine[0]) - window, window)]
    starts = [i for i, piece in pieces if dot(piece, piece) > window * 200 ** 2]
    results = [find(fine, coarse, i, lag) for i in starts]
    found = sorted(lag for score, lag in results if score >= MATCH_MIN)
    scores = sorted(score for score, _ in results if score >= MATCH_MIN)
    return {
        "windows": len(results),
        "found": len(found) / len(results) if results else 0.0,
        "correlation": scores[len(scores) // 2] if scores else 0.0,
        "lag_ms": found[len(found) // 2] * 1000 / FINE if found else math.nan,
        "wander_ms": (found[-1] - found[0]) * 1000 / FINE if found else math.nan,
    }
