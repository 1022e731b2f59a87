#!/usr/bin/env bash
# Installs what the tests start, on Debian and Ubuntu: Redis, Valkey, Postgres and Chromium; Python, curl and openssl; and what
# checks Lua. What is there already is left alone. The servers' own services are not needed, and not started.
set -eu

has() { command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

missing=()
has redis-server || missing+=(redis-server)
has postgres || missing+=(postgresql)
has python3 || missing+=(python3)
has curl || missing+=(curl)
has openssl || missing+=(openssl)
has chromium || missing+=(chromium fonts-dejavu-core)
has luac5.1 || missing+=(lua5.1)
has luacheck || missing+=(lua-check)
valkey=false
has valkey-server || valkey=true
if [ ${#missing[@]} -eq 0 ] && ! $valkey; then exit 0; fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  trap '"${as_root[@]}" rm -f $policy' EXIT
fi
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; }

"${as_root[@]}" apt-get update -qq
if [ ${#missing[@]} -gt 0 ]; then install "${missing[@]}"; fi
if $valkey; then
  # Debian 12 has it in its backports only, on the same mirror as everything else.
  if ! apt-cache show valkey-server >/dev/null 2>&1; then
    # shellcheck source=/dev/null
    . /etc/os-release
    backports=/etc/apt/sources.list.d/backports.sources
    mirror=$(grep -hoP '^URIs:\s*\K\S+|^deb\s+(\[[^]]*\]\s+)?\K\S+' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
    printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' "$mirror" "$VERSION_CODENAME" |
      "${as_root[@]}" tee $backports >/dev/null
    "${as_root[@]}" apt-get update -qq
    install -t "$VERSION_CODENAME-backports" valkey-server
  else
    install valkey-server
  fi
fi
