# Finds the changes of files in a unified diff, alone or in a mail, and prints a line for each:
#
#   FIRST LAST KIND OLD NEW HUNKS     separated by tabs
#
# FIRST and LAST are its lines in the diff; KIND is change, new, removed, renamed, binary or mode;
# OLD and NEW are the names as they stand there; HUNKS are the lines of its hunks, by commas. What
# a hunk holds is counted, so that a removed line `-- x` is not taken for the name of a file.

function finish() {
  if (kind != "" && (old != "" || new != ""))
    printf "%d\t%d\t%s\t%s\t%s\t%s\n", first, last, kind, old, new, hunks == "" ? "-" : hunks
  kind = ""; old = ""; new = ""; hunks = ""; git = 0
}

# The name of a file behind `--- `, without the time that diff(1) writes there.
function name(line) {
  line = substr(line, 5)
  sub(/\t.*/, "", line)
  sub(/ +[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] .*/, "", line)
  return line
}

{ sub(/\r$/, "") }

left > 0 || right > 0 {
  mark = substr($0, 1, 1)
  last = NR
  if (mark == "-") left--
  else if (mark == "+") right--
  else if (mark == " " || $0 == "") { left--; right-- }
  else if (mark != "\\") { left = 0; right = 0 }
  if (left < 0 || right < 0) { left = 0; right = 0 }
  before = ""
  next
}

/^\\ / { if (kind != "") last = NR; next }

/^diff --git / {
  finish()
  git = 1; kind = "mode"; first = NR; last = NR
  old = $3; new = $4
  next
}
git && /^(rename|copy) from / { old = "a/" substr($0, index($0, "from ") + 5); kind = "renamed"; last = NR }
git && /^(rename|copy) to / { new = "b/" substr($0, index($0, "to ") + 3); last = NR }
git && /^new file mode / { kind = "new"; last = NR }
git && /^deleted file mode / { kind = "removed"; last = NR }
git && (/^Binary files / || /^GIT binary patch/) { kind = "binary"; last = NR }

/^\+\+\+ / && before ~ /^--- / {
  if (!git) { finish(); kind = "change" }
  else if (kind == "mode") kind = "change"
  first = NR - 1; last = NR
  from = name(before); to = name($0)
  if (from == "/dev/null") kind = "new"
  else if (to == "/dev/null") kind = "removed"
  # Names in `diff --git` are only guesses where they hold blanks.
  if (kind != "renamed") { old = from; new = to }
  # What follows is no header of git's any more.
  git = 0
  before = ""
  next
}

/^@@ -[0-9]+(,[0-9]+)? \+[0-9]+(,[0-9]+)? @@/ && kind != "" {
  split($2, a, ","); split($3, b, ",")
  left = (2 in a) ? a[2] + 0 : 1
  right = (2 in b) ? b[2] + 0 : 1
  hunks = hunks (hunks == "" ? "" : ",") NR
  last = NR
  delete a; delete b
  next
}

{ before = $0 }

END { finish() }
