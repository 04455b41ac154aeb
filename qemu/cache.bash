# shellcheck shell=bash
# Things of the cache for programs of bash. Beside each lies NAME.sha256: how it was made, its size,
# and the SHA-256 of its files as 'sha256sum -c' reads them. Java writes and reads the same
# (CacheSeal.java). What a build leaves in a tree, and what is mounted there, is no part of it.

# Runs find on the files that belong to $1, with the rest as its words.
cache_find() {
  local at=$1 out=() folder
  shift
  for folder in dev mnt proc run sys tmp; do
    out+=(-path "$at/$folder" -prune -o)
  done
  find "$at" -xdev "${out[@]}" -type f "$@"
}

cache_size() {
  cache_find "$1" -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f bytes in %d files", n, NR }'
}

# The sums of $1, which is called $2 in the cache.
cache_sums() {
  if [[ -d $1 ]]; then
    (cd "$1" && cache_find . -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum --)
  else
    sha256sum <"$1" | sed "s|-\$|${2##*/}|"
  fi
}

# Moves what was made at $1 to $2, in place of what was there; $3 says how it was made.
cache_keep() {
  local seal=$2.sha256.part.$$
  {
    printf '# %s\n# %s, made %s\n' "$3" "$(cache_size "$1")" "$(date -u +%FT%T.%6NZ)"
    cache_sums "$1" "$2"
  } >"$seal" && mv "$seal" "$2.sha256" && rm -rf "$2" && mv "$1" "$2" ||
    { rm -f "$seal"; return 1; }
}

# For the user, whatever comes of the rest.
cache_tell() { printf 'cache: %s\n' "$*" >&2; }

# True if $1 is there as it was made. All of a file is read; of a folder only where something is not
# as long as it was, or was written to since.
cache_whole() {
  local head made
  [[ -e $1 ]] || return 1
  head=$(sed -n '2s/^# //p' "$1.sha256" 2>/dev/null)
  made=${head##* }
  if [[ ! $head ]]; then
    cache_tell "$1 has no SHA-256 beside it; it is made anew"
    return 1
  fi
  if [[ -d $1 && "$(cache_size "$1"), made $made" == "$head" ]] &&
    [[ ! $(cache_find "$1" -newerct "$made" -print -quit) ]]; then
    touch "$1.sha256"
  elif cmp -s <(grep -v '^#' "$1.sha256" | sort) <(cache_sums "$1" "$1" | sort); then
    touch "$1.sha256"
  else
    cache_tell "$1 is cut or altered, its SHA-256 is not that of when it was made; it is made anew"
    return 1
  fi
}
