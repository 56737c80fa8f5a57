#!/usr/bin/env bash
# The repository's front door: ./orc COMMAND builds the executable where it is out of date and runs it;
# ./orc test [--soak] [NAME…] runs the tests (see .ci/test).
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# One folder of state for the repository, whatever the current directory is.
export ORC_DATA=${ORC_DATA:-$root/.orc}

if ! command -v dotnet >/dev/null; then
  echo "orc: there is no 'dotnet' on the PATH. Install the .NET SDK 10 (https://dot.net/download) and try again." >&2
  exit 1
fi

if [ "${1:-}" = test ]; then
  shift
  exec "$root/.ci/test" "$@"
fi

dll=$root/host/bin/Debug/net10.0/orc.dll
stamp=$root/host/bin/.built

# Every file that the executable is made from.
sources() {
  find "$root"/{domain,cluster,activities,functions,durable,simulator,host} "$root"/*.props "$root"/*.json "$root"/.editorconfig \
    \( -name bin -o -name obj -o -name 'bin-*' -o -name 'obj-*' \) -prune -o -type f "$@" -print | LC_ALL=C sort
}

current() {
  [ -f "$dll" ] && [ -f "$stamp" ] && [ "$(sources)" = "$(cat "$stamp")" ] && [ -z "$(sources -newer "$stamp")" ]
}

build() {
  local started log
  current && return
  started=$(mktemp) log=$(mktemp)
  sources >"$started"
  echo "orc: building (the first time takes about a minute) …" >&2
  if ! dotnet build "$root/host/Orchestrator.Host.csproj" -v q --nologo >"$log" 2>&1; then
    cat "$log" >&2
    echo "orc: the build failed; the errors stand above." >&2
    exit 1
  fi
  mkdir -p "$(dirname "$stamp")"
  # The stamp is as old as the list, so that a file saved while the build ran counts as newer.
  cp -p "$started" "$stamp"
  rm -f "$started" "$log"
}

if ! current; then
  if command -v flock >/dev/null; then
    mkdir -p "$root/host/obj"
    # Two terminals at once: the second waits for the first's build and then finds it done.
    exec 9>"$root/host/obj/.orc-build.lock"
    flock 9
    build
    exec 9>&-
  else
    build
  fi
fi

exec dotnet "$dll" "$@"
