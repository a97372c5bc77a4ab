#!/usr/bin/env bash
# The quick proof, before every commit: format, lint with the layers, types, generated pages, unit tests; all at once.
set -uo pipefail
cd "$(dirname "$0")/.."
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT

declare -A checks=(
  [format]='biome check .'
  [lint]='oxlint'
  [types]='tsc'
  [pages]='node scripts/ec2-model.ts --check && node scripts/parity.ts --check && node scripts/tls-policies-doc.ts --check'
  [unit]='vitest run --project unit --reporter=dot'
)
declare -A running
for name in "${!checks[@]}"; do
  bash -c "${checks[$name]}" >"$outputs/$name" 2>&1 &
  running[$name]=$!
done

failed=0
for name in format lint types pages unit; do
  if wait "${running[$name]}"; then
    echo "✓ $name"
  else
    failed=1
    echo "✗ $name: ${checks[$name]}"
    cat "$outputs/$name"
  fi
done
grep -aE '^ +(Test Files|Tests) ' <(sed 's/\x1b\[[0-9;]*m//g' "$outputs/unit")
exit $failed
