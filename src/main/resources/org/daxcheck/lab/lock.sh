# Takes the machine for one user, as long as stdin is open: take|look HOLDER. Behind alive.sh.
# Says FOLDER of the lock, then held NUMBER HOLDER | left HOLDER, busy, ready FILE; or wrong WHY.
mode=$1 who=$2
say() { printf '%s\n' "$*"; }
umask 077
L=/run/daxcheck-lab
[ -d /run ] || L=/tmp/daxcheck-lab
say folder $L
# Ends where somebody has it.
unless_held() {
  for f in $L/holder.*; do
    [ "$f" != "$1" ] && alive "$f" || continue
    { read -r number _; IFS= read -r other; } <"$f"
    [ -z "$1" ] || rm -f "$1"
    rm -f $L/new.$$
    say held "$number" "$other"
    exit
  done
}
if [ "$mode" = look ]; then
  unless_held ''
  say ready
  exit
fi
tries=0
while :; do
  mkdir $L 2>/dev/null
  [ -d $L ] && [ ! -L $L ] && [ -O $L ] || { say wrong "$L is somebody else's"; exit; }
  unless_held ''
  top=0
  for f in $L/holder.*; do
    [ "${f##*.}" = '*' ] || [ "${f##*.}" -le $top ] || top=${f##*.}
  done
  mine=$L/holder.$((top + 1))
  # A link is made whole or not at all, and by one only.
  printf '%s\n' "$$ $(began $$)" "$who" >$L/new.$$ && ln $L/new.$$ $mine && break
  tries=$((tries + 1))
  [ $tries -lt 20 ] || { say wrong "no lock can be made in $L"; exit; }
done 2>/dev/null
# One that counted before an older lock went away may have another number.
unless_held $mine
rm -f $L/new.*
for f in $L/holder.*; do
  [ -e "$f" ] && [ "$f" != $mine ] && ! alive "$f" || continue
  { read -r _; IFS= read -r other; } <"$f"
  say left "$other"
  rm -f "$f"
done
# Of one that was killed the machine is still put back.
! alive $L/busy || say busy
while alive $L/busy; do sleep 1; done
rm -f $L/busy
say ready $mine
exec cat >/dev/null
