# shellcheck shell=bash disable=SC2034,SC2154,SC2015
# What the programs that build have in common, to be sourced by them: how they end, a private apt
# state, Debian's newest kernel and its source package. They have set: me (the program's name), here
# (the folder qemu), suite (of Debian), package (asked for, or empty), and is_all_here, which says
# whether the cache has all that is needed of kernel and version.

fail() { printf '%s: %s\n' "$me" "$*" >&2; exit 2; }
note() { printf '%s: %s\n' "$me" "$*" >&2; }

# Ends with a code of its own, so that callers can tell why nothing was built.
refuse() {
  local code=$1
  shift
  printf '%s: %s\n' "$me" "$*" >&2
  exit "$code"
}

# shellcheck source=cache.bash
. "$here/cache.bash" || fail "cannot read $here/cache.bash."

require_tools() {
  local tool missing=()
  for tool; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) ||
    fail "missing here: ${missing[*]}; './daxcheck doctor' tells what installs them."
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/daxcheck
state=$cache/apt/kernel

# Makes the folders of the cache, those named among them, and a temporary one that goes at the end.
begin() {
  mkdir -p "$cache/debs" "$state"/{lists/partial,cache/archives/partial} "$@" ||
    fail "cannot write to the cache folder $cache."
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/$me.XXXXXX") || fail "cannot create a temporary folder."
  unset APT_CONFIG
  trap clean EXIT
  trap 'stop 130' INT
  trap 'stop 143' TERM
  trap 'stop 129' HUP
}

child=
# What lies in the cache half done; removed together with the scratch folder.
unfinished=()
clean() { rm -rf "$scratch" ${unfinished[@]+"${unfinished[@]}"}; }
stop() {
  trap '' INT TERM HUP
  [[ ! $child ]] || { kill -TERM "$child" 2>/dev/null; wait "$child" 2>/dev/null; }
  exit "$1"
}

# Runs a command for at most $1 seconds. In the background, so that a signal to us is acted on at
# once; timeout(1) makes a process group of it and ends all of it.
bounded() {
  local limit=$1 rc
  shift
  timeout -k 5 "$limit" "$@" &
  child=$!
  wait "$child"
  rc=$?
  child=
  return "$rc"
}

# --- a private apt state: the host's lists and sources are only read -----------------------------
# Makes the private state ready; called only by what has to ask apt.
apt_ready() {
  [[ ! ${APT_CONFIG-} ]] || return 0
  apt_setup
  apt_update
}

apt_setup() {
  local uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  uri=$("$here/debian-sources" | sed -n '1s/ .*//p')
  [[ $uri ]] || fail "no Debian mirror in this host's apt configuration; set DAXCHECK_MIRROR."
  [[ -r $keyring ]] || fail "$keyring is missing; install debian-archive-keyring."
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$uri" "$suite" \
    "$keyring" "$uri" "$suite-backports" >"$scratch/sources.list"
  cmp -s "$scratch/sources.list" "$state/sources.list" || {
    rm -f "$state/updated"
    cp "$scratch/sources.list" "$state/sources.list"
  }
  # Only what reaches the mirror is taken from the host's settings: no hooks, no pins.
  {
    apt-config dump | grep -E '^Acquire::(https?::|Check-)'
    cat <<CONF
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
CONF
  } >"$scratch/fetch.conf"
  {
    cat "$scratch/fetch.conf"
    cat <<CONF
APT::Architecture "amd64";
Dir::Etc::Parts "/dev/null";
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::Lists "$state/lists";
Dir::State::status "/dev/null";
Dir::Cache "$state/cache";
CONF
    ((EUID)) || echo 'APT::Sandbox::User "root";'
  } >"$scratch/apt.conf"
  export APT_CONFIG=$scratch/apt.conf
}

lists_are_fresh() { [[ $(find "$state/updated" -mmin -1440 2>/dev/null) ]]; }

apt_update() {
  ! lists_are_fresh || return 0
  if bounded 300 apt-get update -qq >"$scratch/log" 2>&1 && ! grep -q '^[EW]:' "$scratch/log"; then
    touch "$state/updated"
  elif [[ -e $state/updated ]]; then
    note "cannot refresh the package lists, using those of $(date -r "$state/updated" +%F): $(last_words)"
  else
    fail "cannot fetch the package lists: $(last_words)"
  fi
}
# What apt gave as the cause: the first failed download says more than the summary at the end.
last_words() {
  { grep -m 1 'Failed to fetch' "$scratch/log" || grep -m 1 '^E:' "$scratch/log" ||
    tail -n 1 "$scratch/log"; } | sed 's/^[EW]: *//'
}

# The versions apt can fetch of a package, newest first.
versions() { apt-cache show "$1" 2>/dev/null | sed -n 's/^Version: //p'; }

# Sets kernel (as in uname -r) and version (of its Debian packages).
choose_kernel() {
  local name
  if [[ ! $package && $state/newest -nt $state/updated ]] && lists_are_fresh; then
    read -r kernel version <"$state/newest"
    return
  fi
  # Named to the last digit and all there: nothing is left to ask apt.
  if [[ $package =~ ^linux-(image|binary)-([0-9].*-amd64)=(.+)$ ]]; then
    kernel=${BASH_REMATCH[2]} version=${BASH_REMATCH[3]}
    ! is_all_here || return 0
  fi
  apt_ready
  if [[ $package ]]; then
    name=${package%%=*}
    version=
    [[ $package != *=* ]] || version=${package#*=}
    if [[ $name =~ ^linux-image-[a-z] ]]; then
      # A name without a number, as linux-image-amd64, stands for the one it depends on.
      name=$(apt-cache show "$name${version:+=$version}" 2>/dev/null |
        grep -m1 '^Depends:' | grep -oE 'linux-image-[0-9][^ ,]*' | head -n 1)
    fi
    [[ $name =~ ^linux-(image|binary)-([0-9].*-amd64)$ ]] ||
      fail "--package $package names no kernel that apt knows; give linux-image-NAME[=VERSION] for amd64."
    kernel=${BASH_REMATCH[2]}
    [[ $version ]] || version=$(versions "linux-headers-$kernel" | head -n 1)
    versions "linux-headers-$kernel" | grep -qxF -- "$version" ||
      fail "apt has no linux-headers-$kernel${version:+ in version $version}; see 'apt-cache madison'."
    return
  fi
  # Plain kernels only: a flavour, as -cloud or -rt, has one more part in its name.
  while read -r kernel; do
    version=$(versions "linux-headers-$kernel" | head -n 1)
    [[ ! $version ]] || break
  done < <({ apt-cache pkgnames linux-image-; apt-cache pkgnames linux-binary-; } |
    sed -nE 's/^linux-(image|binary)-([0-9][^-]*-amd64)$/\2/p' | sort -ruV)
  [[ ${version-} ]] || fail "apt knows no amd64 kernel in $suite or $suite-backports."
  printf '%s %s\n' "$kernel" "$version" >"$state/newest"
}

# Sets deb to the package with the source of the kernel, fetched where it is not there yet.
fetch_source_package() {
  local release
  release=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$kernel")
  deb=$cache/debs/linux-source-${release}_${version//:/%3a}_all.deb
  ! cache_whole "$deb" || return 0
  apt_ready
  versions "linux-source-$release" | grep -qxF -- "$version" ||
    fail "apt has no linux-source-$release in version $version, so $kernel cannot be built from source."
  note "fetching the source of $kernel"
  (cd "$scratch" && bounded 900 apt-get download -qq "linux-source-$release=$version") >"$scratch/log" 2>&1 ||
    fail "cannot download linux-source-$release: $(last_words)"
  unfinished+=("$deb.part.$$")
  mv "$scratch/${deb##*/}" "$deb.part.$$" &&
    cache_keep "$deb.part.$$" "$deb" "package of Debian's archive" || fail "cannot store $deb."
}

# Unpacks what of the kernel's source matches, into a folder: unpack_source FOLDER STRIP PATTERN...
unpack_source() {
  local into=$1 strip=$2
  shift 2
  # shellcheck disable=SC2016
  bounded 600 bash -c 'set -o pipefail; deb=$1 into=$2 strip=$3
    shift 3
    dpkg --fsys-tarfile "$deb" | tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" | xz -dc -T0 |
    tar -x -C "$into" --no-same-owner --strip-components="$strip" --wildcards "$@"' \
    - "$deb" "$into" "$strip" "$@" >"$scratch/log" 2>&1
}
