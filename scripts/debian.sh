#!/usr/bin/env bash
# Installs the Debian packages that are named and missing. The only place where the project installs any.
# usage: scripts/debian.sh PACKAGE…
set -euo pipefail
missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
command -v apt-get >/dev/null || { echo "These tests need Debian's ${missing[*]}: install them by hand on this system." >&2; exit 1; }
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
# Two test files may ask at once; apt takes one at a time.
exec 9>/tmp/sealkeeper-debian.lock
flock 9
export DEBIAN_FRONTEND=noninteractive
echo "installing ${missing[*]}" >&2
# Services that come with a package (a web server, a database) are not to start: tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  trap '"${as_root[@]}" rm -f $policy' EXIT
fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
