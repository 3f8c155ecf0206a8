# app/steps.sh - what app/run and tests/run share; sourced, with the project's root as working directory.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# wanted FILE [KIND...]: package names in FILE; with KINDs only lines whose second word is one of them
wanted() {
  awk -v kinds=" ${*:2} " '!/^#/ && NF && (kinds == "  " || index(kinds, " " $2 " ")) { print $1 }' "$1"
}

# install_missing NAME...: asks dpkg first, so that nothing happens on a machine that has everything
install_missing() {
  local name missing=() sudo=()
  command -v dpkg-query >/dev/null || die "This is no Debian: install the packages named in app/packages by hand."
  for name in "$@"; do
    case " $(dpkg-query -W -f='${db:Status-Status} ' "$name" 2>/dev/null)" in
      *" installed "*) ;; # not "not-installed", which is what dpkg says of names it has only heard of
      *) missing+=("$name") ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "Missing: ${missing[*]}
Neither root nor sudo is at hand. As root: apt-get install --no-install-recommends ${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing: ${missing[*]}"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >&2
}

# configure FOLDER [OPTION...]: a build folder that is ours, of this source tree and in order; made anew if it is not
configure() {
  local folder=$1 options=("${@:2}")
  if [ -f "$folder/build.ninja" ] && grep -qF "\"source\": \"$PWD\"" "$folder/meson-info/meson-info.json" 2>/dev/null; then
    if [ ${#options[@]} -gt 0 ]; then
      meson configure "$folder" "${options[@]}" >/dev/null 2>&1 || true
    fi
    if ninja -C "$folder" build.ninja >/dev/null 2>&1; then return 0; fi
    say "The build folder $folder is out of order and is made anew."
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  if ! meson setup "$folder" --buildtype=debugoptimized "${options[@]}" >"$folder/setup.log" 2>&1; then
    tail -n 20 "$folder/setup.log" >&2
    die "meson setup failed; all of it is in $folder/setup.log"
  fi
}

# compile FOLDER [TARGET...]: quiet unless it takes a terminal and something is to be built, or fails
compile() {
  local status=()
  if [ "$(ninja -C "$1" -n "${@:2}" 2>/dev/null | tail -n 1)" = "ninja: no work to do." ]; then return 0; fi
  [ -t 2 ] || status=(--quiet)
  ninja -C "$1" "${status[@]}" "${@:2}" >&2
}
