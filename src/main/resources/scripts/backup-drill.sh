#!/bin/sh
# Proves the snapshot that backup-fetch.sh has read: a throw-away Valkey, which nobody can reach, starts with it as a restored store
# would, and has as many keys as the manifest says.
. "${0%/*}/backup-lib.sh"
check_dump
directory=$WORK/drill socket=$WORK/drill/socket
rm -rf "$directory"
as_log "$directory/appendonlydir" || fail WorkFull 'the data set could not be moved within /work'
# A replica, of nobody: a primary would remove the keys whose time has run out since, which have to be counted too.
{
  printf '%s\n' 'port 0' "unixsocket $socket" "dir $directory" 'appendonly yes' 'save ""' 'databases 1' 'replicaof 127.0.0.1 1' 'loglevel warning'
} | valkey-server - >"$WORK/server" 2>&1 &
server=$!
tries=${LOAD_TRIES:-3600}
until [ "$(valkey-cli -s "$socket" PING 2>&1)" = PONG ]; do
  kill -0 "$server" 2>/dev/null || fail DrillFailed "Valkey did not start with the snapshot: $(tail -n 5 "$WORK/server")"
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail DrillFailed 'Valkey did not load the snapshot in time'
  sleep 0.5
done
keyspace=$(valkey-cli -s "$socket" INFO keyspace | sed -n 's/^db0:\(keys=[0-9]*,expires=[0-9]*\).*/\1/p')
kill "$server"
wait "$server"
wanted="keys=$(field keys "$manifest"),expires=$(field expires "$manifest")"
[ "${keyspace:-keys=0,expires=0}" = "$wanted" ] || refuse DrillFailed "Valkey loaded ${keyspace:-nothing}, and the manifest says $wanted"
report "{\"reason\":\"Proven\",\"snapshot\":\"$(cat "$WORK/snapshot")\",\"keys\":$(field keys "$manifest"),\"time\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"}"
