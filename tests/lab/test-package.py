#!/usr/bin/env python3
"""The Debian packages: made of what is built, installed, used, and purged without a trace.

usage: test-package.py BUILD

They are installed into a copy of this system that lasts as long as the test (an overlay of / in a mount namespace of its
own), with the build's own prefix. With HARK_LONG the packages that people get are built as well (app/package --check)
and have to please lintian. Wants root, overlayfs and debhelper; skipped without.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NAMES = ("hark-cli", "hark")
EXPECTED = {
    "hark": {"bin/hark", "share/applications/org.hark.Hark.desktop", "share/dbus-1/services/org.hark.Hark.service",
             "share/icons/hicolor/scalable/apps/org.hark.Hark.svg", "share/locale/de/LC_MESSAGES/hark.mo",
             "share/metainfo/org.hark.Hark.metainfo.xml", "share/mime/packages/org.hark.Hark.xml", "share/man/man1/hark.1",
             "share/bash-completion/completions/hark"},
    "hark-cli": {"bin/hark-cli", "libexec/hark-picture", "lib/systemd/user/hark-cli.service", "share/man/man1/hark-cli.1",
                 "share/bash-completion/completions/hark-cli", "share/zsh/vendor-completions/_hark-cli",
                 "share/fish/vendor_completions.d/hark-cli.fish", "/lib/systemd/system/hark-node.service",
                 "/etc/default/hark-node", "/etc/ufw/applications.d/hark", "/usr/lib/firewalld/services/hark.xml",
                 "/usr/lib/firewalld/services/hark-node.xml"},
}
NEEDS = {"hark": ("hark-cli (= ", "libgtk-3-0", "libhandy-1-0"), "hark-cli": ("libsodium23", "libnice10", "libngtcp2-9")}

# In the namespace, as root of the copy: $1 is where it goes, $2 the packages, $3 the program that makes a screen.
INSIDE = r"""
set -eu
mount -t tmpfs hark-package "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay hark-package -o lowerdir=/,upperdir="$1/up",workdir="$1/work" "$1/root"
mount --rbind /proc "$1/root/proc"; mount --rbind /dev "$1/root/dev"
mount -t tmpfs hark-tmp "$1/root/tmp"; chmod 1777 "$1/root/tmp"
mkdir "$1/root/tmp/packages"; cp "$2"/hark*.deb "$3" "$1/root/tmp/packages"
exec chroot "$1/root" sh -euc '
  cd /tmp/packages; export DEBIAN_FRONTEND=noninteractive HOME=/tmp LC_ALL=C.UTF-8
  rm -f /etc/dpkg/dpkg.cfg.d/*   # images of containers leave documents out
  find /etc /lib /opt /usr /var -xdev | grep -E "hark" | sort > /tmp/before || true
  dpkg --install hark-cli_*.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
  hark-cli --version
  hark-cli --profile /tmp/p init --name Package --no-passphrase --quiet-words >/dev/null 2>&1 && echo account made
  dpkg --install hark_*.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
  for name in hark hark-cli; do
    for file in $(dpkg -L $name); do [ -e "$file" ] || echo "missing $file"; done
    [ "$(dpkg-query -W -f "\${db:Status-Abbrev}" $name)" = "ii " ] && echo "$name installed"
  done
  command -v systemctl >/dev/null && { systemctl is-enabled hark-node 2>/dev/null || true; } | sed "s/^/hark-node /"
  ./on-screen sh -c "hark --profile /tmp/p --no-dht --bind 127.0.0.1 --mic none --speaker none 2>/tmp/window.log & p=\$!
    for i in \$(seq 150); do xdotool search --onlyvisible --pid \$p >/dev/null 2>&1 && break; sleep 0.1; done
    xdotool search --onlyvisible --pid \$p >/dev/null 2>&1 && echo window shown; kill \$p; wait \$p && echo ended well" 2>/dev/null
  mkdir -p /var/lib/private/hark-node; touch /var/lib/private/hark-node/relay-node
  dpkg --purge hark hark-cli >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
  find /etc /lib /opt /usr /var -xdev | grep -E "hark" | sort > /tmp/after || true
  diff /tmp/before /tmp/after >/tmp/left && echo nothing left || cat /tmp/left'
"""

failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print("ok    " if ok else "FAILED", text, flush=True)


def output(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def look_into(name, package, folder, prefix):
    files = {line.split(maxsplit=5)[5].lstrip(".").split(" -> ")[0] for line in output("dpkg-deb", "-c", package).splitlines()}
    plain = {re.sub(r"\.gz$", "", file) for file in files}
    lacks = [file for file in EXPECTED[name] if (file if file[0] == "/" else f"{prefix}/{file}") not in plain]
    check(not lacks, f"{name} holds what it should {' '.join(lacks)}")
    depends = output("dpkg-deb", "-f", package, "Depends")
    check(all(need in depends for need in NEEDS[name]), f"{name} depends on what its programs are linked to")
    tree = folder / name
    subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
    programs = [path for path in tree.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
    check(programs and not any(".debug_info" in output("readelf", "-SW", path) for path in programs),
          f"{name}: {len(programs)} programs, stripped")


def main():
    build = pathlib.Path(sys.argv[1])
    for tool in ("dh", "dpkg-deb", "unshare", "readelf", "Xvfb", "xdotool", "dbus-run-session"):
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            return 77
    if os.getuid() != 0:
        print("skipped: only root installs packages")
        return 77
    version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)
    check((ROOT / "app/debian/changelog").read_text().startswith(f"hark ({version}) "), "changelog and program have one version")
    with tempfile.TemporaryDirectory(prefix="hark-package-") as name:
        folder = pathlib.Path(name)
        subprocess.run([ROOT / "app/package", "--from", build, folder / "made"], check=True, stderr=subprocess.DEVNULL)
        packages = {kind: next((folder / "made").glob(f"{kind}_*.deb")) for kind in NAMES}
        prefix = output("meson", "introspect", "--buildoptions", build)
        prefix = re.search(r'"name": "prefix", "value": "([^"]+)"', prefix).group(1)
        for kind in NAMES:
            look_into(kind, packages[kind], folder, prefix)
        (folder / "copy").mkdir()
        done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--net", "sh", "-c", INSIDE, "sh", folder / "copy",
                               folder / "made", ROOT / "tests/ui/on-screen"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if "mount: " in done.stdout and "hark-cli" not in done.stdout:
            print(f"skipped: {done.stdout.strip()}")
            return 77
        for words in (f"hark-cli {version}", "account made", "hark installed", "hark-cli installed", "window shown",
                      "ended well", "nothing left"):
            check(words in done.stdout.splitlines(), f"in a copy of this system: {words}")
        check("missing" not in done.stdout and "hark-node enabled" not in done.stdout, "every file is there, no service is begun")
        if failures:
            print(done.stdout)
    if os.environ.get("HARK_LONG"):
        check(subprocess.run([ROOT / "app/package", "--check"]).returncode == 0, "the packages that people get please lintian")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
