#!/bin/sh
# Stores what backup-dump.sh has read, encrypted; reads back what VERIFY asks for; and only then removes what KEEP (options of
# restic forget) does not keep.
. "${0%/*}/backup-lib.sh"
. "${0%/*}/repository.sh"

# to_come: the newest snapshot, and its time, if that is later than now.
to_come() {
  list >found
  awk -v now="$(date -u +%Y-%m-%dT%H:%M:%S)" 'substr($1, 1, 19) > now { id = $2 " of " substr($1, 1, 19) "Z" } END { print id }' found
}

cd "$WORK" || exit
rm -f unread
made=false
open_repository || {
  repository "${OPEN_SECONDS:-60}" init >/dev/null || explain $?
  made=true
}
repository 300 unlock >/dev/null || explain $? # what runs left behind that ended half an hour ago

# The same names each time, so that restic finds its predecessor.
repository "${STORE_SECONDS:-7200}" backup --json --host "$SOURCE" --tag "keys=$(field keys manifest.json)" --tag "valkey=$(field valkey manifest.json)" \
  dump.rdb manifest.json >summary || explain $?
id=$(field snapshot_id summary)
[ -n "$id" ] || fail RepositoryFailed 'restic named no snapshot'

case $VERIFY in
  snapshot)
    sum=$({ repository "${STORE_SECONDS:-7200}" dump "$id" dump.rdb || echo $? >unread; } | sha256sum)
    [ ! -e unread ] || explain "$(cat unread)"
    if [ "${sum%% *}" != "$(field sha256 manifest.json)" ]; then
      repository 300 forget "$id" >/dev/null || explain $?
      fail VerifyFailed 'what was read back is not what was stored; the snapshot was removed'
    fi
    ;;
  repository) repository "${STORE_SECONDS:-7200}" check --read-data >check.out || explain $? ;;
esac

warning=''
if [ "$(field keys manifest.json)" = 0 ]; then
  # Somebody may have lost everything, and these backups are what is left.
  warning='the store held no key, so no older backup was removed'
elif [ -n "${KEEP-}" ] && future=$(to_come) && [ -n "$future" ]; then
  # Retention would take it for the newest one from now on, and remove each that is made before its time.
  warning="snapshot $future, which is still to come, so no older backup was removed: a clock is or was wrong; when all are right remove it (restic forget)"
elif [ -n "${KEEP-}" ]; then
  # shellcheck disable=SC2086,SC2094 # options; a command's name is no file
  repository "${STORE_SECONDS:-7200}" forget --host "$SOURCE" --group-by host --prune $KEEP >forget ||
    warning=$(printf 'old snapshots could not be removed: %s' "$(cat errors)" | plain)
fi
report "{\"reason\":\"Stored\",\"snapshot\":\"$(printf '%.8s' "$id")\",\"keys\":$(field keys manifest.json),\"bytes\":$(field bytes manifest.json),\"added\":$(field data_added_packed summary),\"time\":\"$(field time manifest.json)\",\"role\":\"$(field role manifest.json)\",\"made\":$made,\"warning\":\"$warning\"}"
