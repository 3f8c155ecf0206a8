#!/usr/bin/env python3
"""lengths.py ROOT - fails on functions above 100 lines and files above 900; prints the ten longest of both."""
import pathlib
import re
import sys

import source

FUNCTION_MAX, FILE_MAX = 100, 900


def functions(text):
    """(name, first line, lines) of every function; the layout puts their braces alone in the first column."""
    lines, start, name = source.without_comments(text).split("\n"), None, None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
            while start > 1 and lines[start - 2].strip() and lines[start - 2][0] not in "}#":
                start -= 1
            head = " ".join(lines[start - 1:number - 1])
            match = re.search(r"(\w+) \(", head)
            name = match[1] if match else "?"
        elif line == "}" and start:
            yield name, start, number - start + 1
            start = None


def check(root):
    found, long_functions, long_files = [], [], []
    for path in source.c_files(root):
        text = (pathlib.Path(root) / path).read_text()
        n_lines = text.count("\n")
        long_files.append((n_lines, path))
        if n_lines > FILE_MAX:
            found.append(f"{path}: {n_lines} lines, {FILE_MAX} at most")
        for name, line, length in functions(text):
            long_functions.append((length, f"{path}:{line}: {name}"))
            if length > FUNCTION_MAX:
                found.append(f"{path}:{line}: {name} has {length} lines, {FUNCTION_MAX} at most")
    for title, rows in ("longest functions", long_functions), ("longest files", long_files):
        print(f"{title}:")
        for length, what in sorted(rows, reverse=True)[:10]:
            print(f"  {length:5} {what}")
    return found


if __name__ == "__main__":
    sys.exit(source.run(check, sys.argv[1], "lengths"))
