# Sourced by the commands beside it: where things lie, and which Go builds them.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${SANDGLASS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sandglass-test}
export SANDGLASS_CACHE=$cache

# The Go that the set-up fetches where the machine's is too old.
go_version=1.26.8
go_least=26

say() { printf '%s\n' "sandglass: $*" >&2; }
die() {
  say "$*"
  exit 1
}

# go_minor prints the minor version of a Go program, or nothing.
go_minor() { GOTOOLCHAIN=local "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p'; }

# use_go puts a Go that is new enough first in PATH. It reports whether there is one.
use_go() {
  local found minor own=$cache/go/bin
  if found=$(command -v go); then
    minor=$(go_minor "$found")
    if [ "${minor:-0}" -ge "$go_least" ]; then return 0; fi
  fi
  [ -x "$own/go" ] || return 1
  PATH=$own:$PATH
  export PATH GOTOOLCHAIN=local
}
