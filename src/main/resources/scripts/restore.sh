#!/bin/sh
# Fills an EMPTY data directory with the snapshot that backup-fetch.sh has read, before any server has started on it. What is
# there is never touched. MAXMEMORY: the bytes that the new store may fill.
. "${0%/*}/backup-lib.sh"
data=$ROOT/data
restored="{\"reason\":\"Restored\",\"snapshot\":\"$(cat "$WORK/snapshot")\""
if [ -e "$data/appendonlydir" ] && [ "$(cat "$data/restored.json" 2>/dev/null)" = "$(cat "$WORK/manifest.json")" ]; then
  report "$restored,\"keys\":$(field keys "$data/restored.json")}" # by a try that was ended after its work
  exit 0
fi
found=$(held)
if [ -n "$found" ]; then
  report "{\"reason\":\"NotEmpty\",\"message\":\"the volume holds data already ($(printf '%s' "$found" | plain)): nothing was restored\"}"
  exit 0
fi
check_dump
memory=$(field memory "$manifest")
[ "${memory:-0}" -le "$MAXMEMORY" ] ||
  refuse TooLittleMemory "the data took $memory bytes of memory, and the new store may fill $MAXMEMORY: set spec.resources.memory to what the old one had"
fill() {
  rm -rf "$data/restoring/log"
  as_log "$data/restoring/log" && cp "$manifest" "$data/restored.json" && sync && mv "$data/restoring/log" "$data/appendonlydir" && sync
}
fill || fail VolumeFull "the data set could not be filled into the store's volume"
rm -rf "$data/restoring"
report "$restored,\"keys\":$keys}"
