#!/bin/sh
# Installs what building and testing needs: Debian packages (tools/packages.txt, and any lists given) and npm packages.
# Idempotent, and quick when nothing is missing. Says what it does; where it may not install, it prints the command and stops.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# A package is there when its program is in PATH, or when dpkg says so (headers have no program). Arguments: lists.
missing_packages() {
  cat "$@" |
  while read -r program package _; do
    case "$program" in '' | '#'*) continue ;; esac
    if [ "$program" != - ] && command -v "$program" >/dev/null 2>&1; then continue; fi
    if command -v dpkg-query >/dev/null 2>&1; then
      status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
      [ "$status" = 'install ok installed' ] && continue
    elif [ "$program" = - ]; then
      continue # not a Debian system: CMake will say so if headers are missing
    fi
    printf '%s ' "$package"
  done
}

install_packages() {
  command="apt-get install -y --no-install-recommends $1"
  command -v apt-get >/dev/null 2>&1 || fail "please install: $1"
  if [ "$(id -u)" = 0 ]; then
    sudo=''
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo='sudo'
  else
    fail "these packages are missing, and this user may not install them. Please run: sudo $command"
  fi
  say "installing $1"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # words are meant to be split
  $sudo $command >/dev/null 2>&1 || { $sudo apt-get update -q && $sudo $command; } ||
    fail "installing failed. Please run: apt-get update && $command"
}

check_node() {
  command -v node >/dev/null 2>&1 || fail 'Node.js 20 or newer is needed (https://nodejs.org).'
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node.js 20 or newer is needed; this is $(node -v)."
}

missing=$(missing_packages tools/packages.txt "$@")
if [ -n "$missing" ]; then install_packages "${missing% }"; fi
optional=$(missing_packages tools/packages-optional.txt)
if [ -n "$optional" ]; then (install_packages "${optional% }") || say "going on without $optional: their tests are skipped"; fi
check_node
if ! node tools/lib/npm-installed.mjs; then
  say 'installing npm packages (npm ci)'
  npm ci --no-audit --no-fund --loglevel=error
fi
