# When a process began, in ticks since boot: a number alone may be another's by now.
began() {
  [ -r "/proc/$1/stat" ] && IFS= read -r stat <"/proc/$1/stat" || return
  set -- ${stat##*) }
  case $1 in Z | X) ;; *) echo "${20}" ;; esac
} 2>/dev/null
# Whether a process that the file names, NUMBER BEGAN a line, still runs.
alive() {
  [ -r "$1" ] || return
  while read -r number time _; do
    [ -n "$time" ] && [ "$(began "$number")" = "$time" ] && return
  done <"$1"
  return 1
}
