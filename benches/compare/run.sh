#!/usr/bin/env bash
# Compares terrier with ripgrep on one tree: one thread each, one after the
# other, files in the page cache. ripgrep counts lines that match twenty of the
# patterns; terrier runs all detectors and checks what it finds.
#
#   benches/compare/run.sh TREE [ROUNDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tree=${1-}
if [[ ! -d $tree ]]; then
    echo "usage: run.sh TREE [ROUNDS]" >&2
    exit 2
fi
rounds=${2:-3}
target=${CARGO_TARGET_DIR:-$root/target}

cargo build --quiet --release --manifest-path "$root/Cargo.toml"
terrier=$target/release/terrier
if ! rg=$(command -v rg); then
    [[ -x $target/tools/bin/rg ]] || cargo install --quiet ripgrep --locked --root "$target/tools"
    rg=$target/tools/bin/rg
fi

# Hidden and ignored files in, version control out, binaries left to each.
search() { "$rg" --count --threads 1 --hidden --no-ignore --glob '!.git' --file "$here/twenty-patterns.txt" -- "$tree" >/dev/null || true; }
scan() { "$terrier" scan --threads 1 --progress never --format concise -- "$tree" >/dev/null; }

# CPU seconds, user and system, of a function and its children: the best of all rounds.
cpu() {
    local best='' TIMEFORMAT='%U %S' used
    for _ in $(seq "$rounds"); do
        used=$({ time "$1" 2>/dev/null; } 2>&1 | tail -n 1 | awk '{ print $1 + $2 }')
        best=$(awk -v a="$used" -v b="$best" 'BEGIN { print (b == "" || a < b) ? a : b }')
    done
    echo "$best"
}

bytes=$(find "$tree" -type d -name .git -prune -o -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')
find "$tree" -type f -exec cat {} + >/dev/null
of_rg=$(cpu search)
of_terrier=$(cpu scan)

awk -v bytes="$bytes" -v rg="$of_rg" -v terrier="$of_terrier" 'BEGIN {
    mb = bytes / 1e6
    printf "%.0f MB\n", mb
    printf "%-8s %8.2f CPU s %9.0f MB/s\n", "ripgrep", rg, (rg > 0 ? mb / rg : 0)
    printf "%-8s %8.2f CPU s %9.0f MB/s\n", "terrier", terrier, (terrier > 0 ? mb / terrier : 0)
    if (rg > 0) printf "terrier takes %.2f times the CPU time of ripgrep\n", terrier / rg
}'
