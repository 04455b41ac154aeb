# shellcheck shell=bash disable=SC2154
# Applies patches a change of a file at a time, to be sourced behind building.sh. Callers have set:
# patched (the folder whose files are changed), below (what stands before their names in a kernel
# tree), subject (what they are the source of), rebase, advice and advice_done (what to do where a hunk
# fits nearly, does not fit, or was applied before), fuzz (yes, or empty).

# Sets place to where a file of a patch is in the kernel tree; a bare name for one that is in none.
locate() {
  local name=$1 top='arch|block|certs|crypto|drivers|fs|include|init|io_uring|ipc|kernel|lib|mm|net|rust|samples|scripts|security|sound|usr|virt'
  if [[ $name =~ ^(.*/)?((Documentation|tools)/.*)$ ]]; then
    place=${BASH_REMATCH[2]}
  elif [[ $name =~ (^|/)(drivers/dax/.*)$ ]]; then
    place=${BASH_REMATCH[2]}
  elif [[ $name =~ ^[ab]/(.*)$ ]]; then
    place=${BASH_REMATCH[1]}
  elif [[ $name =~ ^/ ]]; then
    place=${name##*/}
  elif [[ $name =~ ^([^/]*/)?(($top)/.*)$ ]]; then
    place=${BASH_REMATCH[2]}
  else
    place=${name##*/}
  fi
}

listed() {
  printf '%s\n' "$@" | sort -u | paste -sd , | sed 's/,/, /g'
}

# patch(1) reads neither of the encodings that a list puts on where a letter of a name is not ASCII.
refuse_encoded() {
  if grep -qiE '^Content-Transfer-Encoding: *(quoted-printable|base64)' "$1"; then
    refuse 6 "$1 is a mail in quoted-printable or base64, which patch(1) cannot read;" \
      "decode it first, such as with 'b4 am' or 'git mailinfo'."
  fi
}

refuse_empty() {
  refuse 6 "$1 holds no patch: it has no line '--- FILE' with '+++ FILE' behind it;" \
    "make one by 'git format-patch' or 'diff -u'."
}

changes_of() { LC_ALL=C awk -f "$here/patch-sections.awk" "$1"; }

run_patch() {
  (cd "$patched" && LC_ALL=C bounded 60 patch --unified --batch --forward --no-backup-if-mismatch \
    --reject-file="$scratch/rejected" --input="$scratch/section" "$@")
}

# patch(1) gets one change of one file, in its own lines and with blanks for all others: so what it
# says of lines is true of the file that the user has.
apply_section() {
  local file first last name hunks rc words at number how_exact=(--fuzz=0)
  [[ ! $fuzz ]] || how_exact=()
  IFS=$'\t' read -r file first last name hunks <<<"$1"
  awk -v first="$first" -v last="$last" 'NR > last { exit } { print NR < first ? "" : $0 }' "$file" \
    >"$scratch/section"
  [[ ! -e $patched/$name ]] || cp "$patched/$name" "$scratch/whole" || fail "cannot copy $name."
  # What fits only with fuzz may fit at the wrong place, or be a patch that was cut.
  run_patch ${how_exact[@]+"${how_exact[@]}"} "$name" >"$scratch/patch.log" 2>&1
  rc=$?
  if ((rc)); then
    grep -vE '^(patching file|[0-9]+ out of [0-9]+ hunks? )' "$scratch/patch.log" | sed 's/^/patch: /' >&2
    words=$(cat "$scratch/patch.log")
    if [[ $words =~ (malformed patch at line |unexpected end of file) ]]; then
      number=$(grep -oE 'at line [0-9]+' "$scratch/patch.log" | grep -oE '[0-9]+' | head -n 1)
      refuse 4 "$file:${number:-$last}: the patch is damaged, its hunk is not as long as it says;" \
        "a mail program may have wrapped lines: take the patch as it was sent, such as with 'b4 am'."
    elif [[ $words == *'previously applied'* ]]; then
      refuse 4 "$file:$first: the patch is in $below$name of $subject already, or is the wrong way round;" \
        "$advice_done."
    elif [[ $words =~ Hunk\ \#([0-9]+)\ FAILED\ at\ ([0-9]+) ]]; then
      number=${BASH_REMATCH[1]} at=${BASH_REMATCH[2]}
      # On the file as it was: the hunks that did apply would count as applied before.
      if [[ ! $fuzz ]] && mv "$scratch/whole" "$patched/$name" && run_patch --dry-run "$name" >"$scratch/fuzzy.log" 2>&1 &&
        [[ $(cat "$scratch/fuzzy.log") =~ Hunk\ \#([0-9]+)\ succeeded\ at\ ([0-9]+)\ with\ (fuzz\ [0-9]+) ]]; then
        number=${BASH_REMATCH[1]} at=${BASH_REMATCH[2]}
        refuse 8 "$file:$(cut -d, -f"$number" <<<"$hunks"): hunk $number of $(awk -F, '{ print NF }' <<<"$hunks")" \
          "applies to $below$name:$at of $subject only with ${BASH_REMATCH[3]}, lines around it differ;" \
          "see that this is the place and give --fuzz, or $rebase."
      fi
      refuse 4 "$file:$(cut -d, -f"$number" <<<"$hunks"): hunk $number of $(awk -F, '{ print NF }' <<<"$hunks")" \
        "does not apply to $below$name:$at of $subject; $advice."
    fi
    refuse 4 "$file:$first: patch(1) cannot apply it to $below$name; its words are above."
  fi
  # It came to another place than it says: the user must know what was judged.
  while read -r words; do
    if [[ $words =~ Hunk\ \#([0-9]+)\ succeeded\ at\ ([0-9]+)(\ with\ (fuzz\ [0-9]+))?(\ \((offset\ .*)\))? ]]; then
      printf 'note: %s:%s: hunk %s went to %s:%s%s%s\n' "$file" \
        "$(cut -d, -f"${BASH_REMATCH[1]}" <<<"$hunks")" "${BASH_REMATCH[1]}" "$below$name" "${BASH_REMATCH[2]}" \
        "${BASH_REMATCH[6]:+, ${BASH_REMATCH[6]}}" \
        "${BASH_REMATCH[4]:+, ${BASH_REMATCH[4]}: lines around it differ, see that this is the place}" >&2
    fi
  done <"$scratch/patch.log"
}

