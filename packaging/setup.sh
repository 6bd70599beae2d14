#!/usr/bin/env bash
# Installs what Sandglass needs on a Debian system, and says what that is on another one. It may run any
# number of times and does only what is left to do.
#
#   setup.sh build    what building the three programs needs: a C compiler, Fyne's libraries, Go
#   setup.sh test     that, and what the tests run: shells, a desktop, a keyring, a browser, and from
#                     npm the package managers and a registry, in a folder of their own
#
# The npm packages lie in $SANDGLASS_CACHE (else sandglass-test in the user's cache folder).
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for_build=(
  ca-certificates git gcc libc6-dev pkg-config
  libgl-dev libegl-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev
  libwayland-dev libxkbcommon-dev
)
for_test=(
  bash zsh fish dash mksh ksh direnv vim-tiny                               # what users type in
  xvfb openbox xfce4-panel xfce4-notifyd xfconf xdotool x11-xserver-utils   # a desktop
  imagemagick libgl1-mesa-dri
  dbus dbus-x11 gnome-keyring libsecret-tools                               # a keyring
  desktop-file-utils dex libglib2.0-bin                                     # what starts with it
  chromium chromium-driver                                                  # a browser
  acl e2fsprogs procps strace util-linux                                    # what tests look with
  fd-find                                                                   # repositories, and what the scan is measured against
)

missing_debian() {
  local name
  for name; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' || printf '%s\n' "$name"
  done
}

# as_root runs a command as root, or tells that it cannot.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    return 1
  fi
}

# apt LOG COMMAND... runs apt-get without questions.
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy "${@:2}" >>"$1" 2>&1; }

install_debian() {
  local missing log
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian system. What follows needs what corresponds to: $*"
    return 0
  fi
  mapfile -t missing < <(missing_debian "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${#missing[@]} Debian packages"
  log=$(mktemp)
  if ! apt "$log" update || ! apt "$log" install --no-install-recommends "${missing[@]}"; then
    tail -n 20 "$log" >&2
    die "could not install them. As root, run: apt-get install ${missing[*]}"
  fi
  rm -f "$log"
}

# install_go fetches Go's own distribution, which is a module too, through whatever Go there is.
# Before 1.21 Go cannot switch to a newer one by itself, so it is only used to download.
install_go() {
  local bootstrap where
  use_go && return 0
  bootstrap=$(command -v go || true)
  if [ -z "$bootstrap" ]; then
    install_debian golang-go
    bootstrap=$(command -v go) || die "there is no Go. Install Go 1.$go_least or newer"
  fi
  say "fetching Go $go_version"
  where=$(cd / && GO111MODULE=on GOFLAGS='' GOTOOLCHAIN=local "$bootstrap" mod download -json \
    "golang.org/toolchain@v0.0.1-go$go_version.linux-$(dpkg --print-architecture)" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p') || true
  [ -n "$where" ] || die "could not fetch Go $go_version. Install Go 1.$go_least or newer"
  # The module cache is read-only and holds no executable files.
  rm -rf "$cache/go.part"
  mkdir -p "$cache"
  cp -r "$where" "$cache/go.part"
  chmod -R u+w "$cache/go.part"
  chmod 755 "$cache/go.part/bin/"* "$cache/go.part/pkg/tool/"*/*
  rm -rf "$cache/go"
  mv "$cache/go.part" "$cache/go"
  use_go || die "Go $go_version does not run here"
}

# install_npm NAME installs packaging/npm/NAME when its lock file is not the one that was installed last.
# No package may run a script.
install_npm() {
  local from=$root/packaging/npm/$1 to=$cache/$1
  if cmp -s "$from/package-lock.json" "$to/installed"; then return 0; fi
  say "installing the npm packages of packaging/npm/$1"
  mkdir -p "$to"
  rm -f "$to/installed"
  cp "$from/package.json" "$from/package-lock.json" "$to/"
  (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error --engine-strict=false >/dev/null) ||
    die "could not install the npm packages of packaging/npm/$1"
  cp "$from/package-lock.json" "$to/installed"
}

setup_test() {
  install_debian "${for_build[@]}" "${for_test[@]}"
  if ! command -v npm >/dev/null; then install_debian nodejs npm; fi
  install_go
  [ "$(uname -m)" = x86_64 ] || { say "the package managers of the tests are for x86-64; their tests are skipped"; return 0; }
  install_npm registry
  install_npm clients
}

case ${1:-} in
  build)
    install_debian "${for_build[@]}"
    install_go
    ;;
  test) setup_test ;;
  *) die "usage: setup.sh build|test" ;;
esac
