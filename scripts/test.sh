#!/usr/bin/env bash
# The whole proof, or one part of it: scripts/test.sh [check|unit|live|conformance|db|compat|e2e]…
set -euo pipefail
cd "$(dirname "$0")/.."
parts=("$@")
[ ${#parts[@]} -eq 0 ] && parts=(check live conformance db compat e2e)
for part in "${parts[@]}"; do
  case $part in
    check) npm run --silent check ;;
    *) vitest run --project "$part" ;;
  esac
done
