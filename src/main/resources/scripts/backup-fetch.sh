#!/bin/sh
# Reads the snapshot that SNAPSHOT means from the repository, and nothing else.
. "${0%/*}/backup-lib.sh"
. "${0%/*}/repository.sh"
part=''
if [ "$INTO" != "$WORK" ] && [ -n "$(held)" ]; then
  INTO=$WORK part='--include /manifest.json' # all that restore.sh needs to know whether this has been its own work
fi
mkdir -p "$INTO" || exit
rm -rf "${INTO:?}"/*
# Each call takes half a second to open the repository. A server that is far away or refuses its keys is worth one: restic would ask
# it again for a quarter of an hour.
[ ! -d "$ROOT/s3" ] || open_repository || explain $?
# shellcheck disable=SC2153 # set by the pod
wanted=$SNAPSHOT
if [ "$wanted" != latest ]; then
  pick "$wanted"
  wanted=$snapshot
fi
status=0
# What it reads it authenticates; what it writes is held against the manifest by check_dump.
# shellcheck disable=SC2086 # several words
repository "${STORE_SECONDS:-7200}" restore --no-lock ${SOURCE:+--host "$SOURCE"} "$wanted" $part --target "$INTO" >"$WORK/restore" || status=$?
case $status:$(cat "$WORK/errors") in
  0:*) ;;
  *'no snapshot found'*) pick latest && exit 1 ;; # which says what there is instead
  *'o space left'*)
    [ "$INTO" = "$WORK" ] || fail VolumeFull "the data set does not fit into the store's volume: set spec.storage.size to what the old one had"
    fail WorkFull "the data set does not fit into the pod's /work"
    ;;
  *) explain "$status" ;;
esac
[ "$INTO" = "$WORK" ] || mv "$INTO/manifest.json" "$WORK" || exit
snapshot=$(sed -n 's/^restoring snapshot \([0-9a-f]*\) .*/\1/p' "$WORK/restore")
echo "$snapshot" >"$WORK/snapshot"
report "{\"reason\":\"Fetched\",\"snapshot\":\"$snapshot\"}"
