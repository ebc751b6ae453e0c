# The C++ files of the project, one a line; sourced by the scripts beside it, which stand in the root.
# Without git (or in a copy that is no repository) everything below the source folders counts.
# shellcheck shell=bash
source_files() {
  git ls-files -co --exclude-standard -- '*.h' '*.cc' 2>/dev/null |
    while read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done | grep . ||
    find apps bench fuzz include src tests -name '*.h' -o -name '*.cc' 2>/dev/null | sort
}
