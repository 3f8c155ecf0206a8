"""What the checks share: which files there are, and C without its comments and strings."""
import pathlib
import re
import subprocess

FLOORS = ("app", "core", "net", "ui", "tests")
SKIP = re.compile(r"(^|/)(build[^/]*|\.git|__pycache__)(/|$)")


def files(root):
    """Every file of the project, as paths relative to root: what git tracks or would, else what lies there."""
    root = pathlib.Path(root)
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                         capture_output=True, text=True) if (root / ".git").exists() else None
    if git and git.returncode == 0:
        names = [n for n in git.stdout.split("\0") if n]
    else:
        names = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]
    return sorted(n for n in set(names) if not SKIP.search(n) and (root / n).is_file())


def c_files(root, floors=FLOORS):
    return [n for n in files(root) if n.endswith((".c", ".h")) and n.split("/")[0] in floors]


def without_comments(text):
    """C with comments blanked, line numbers kept."""
    def blank(match):
        return match[0] if match[0][0] in "\"'" else "\n" * match[0].count("\n") or " "
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def without_strings(text):
    """C without comments and with empty string literals; include lines keep their names."""
    return "\n".join(line if re.match(r"\s*#\s*include", line) else re.sub(r'"(?:\\.|[^"\\\n])*"', '""', line)
                     for line in without_comments(text).split("\n"))


def run(check, root, title):
    """Prints what check(root) found and returns the exit status."""
    found = check(root)
    for line in found:
        print(line)
    print(f"{title}: {len(found)} found" if found else f"{title}: clean")
    return 1 if found else 0
