# Makes a folder that programs may be started from, and says which. One that was killed could not
# clear up, and nobody else is here now.
find /run /tmp /var/tmp -maxdepth 1 -type d -name 'daxcheck-lab.??????' -user "$(id -u)" \
  -exec rm -rf {} + 2>/dev/null
for d in /run /tmp /var/tmp; do
  t=$(mktemp -d $d/daxcheck-lab.XXXXXX 2>/dev/null) || continue
  printf '#!/bin/sh\nexit 0\n' >$t/x
  chmod 700 $t/x
  if $t/x; then
    rm $t/x
    echo $t
    exit
  fi
  rm -rf $t
done
exit 1
