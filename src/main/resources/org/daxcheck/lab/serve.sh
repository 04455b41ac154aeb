# Runs the agent and puts the device back when it ends: FOLDER HOLDER-FILE WORD... Behind alive.sh.
folder=$1 holder=$2 busy=${2%/*}/busy
shift 2
trap : HUP INT TERM PIPE
# Who was killed meanwhile begins nothing.
alive "$holder" || exit
printf '%s\n' "$$ $(began $$)" >"$busy"
exec 3<&0
"$folder/agent" <&3 &
agent=$!
echo $agent >"$folder/pid"
printf '%s\n' "$agent $(began $agent)" >>"$busy"
exec 3<&- 0</dev/null 1>/dev/null 2>&1
while kill -0 $agent 2>/dev/null; do wait $agent; done
sh "$folder/putback" "$@" >"$folder/back"
mv "$folder/back" "$folder/back.done"
rm -f "$busy"
