#!/bin/sh
# Beside this pod's Sentinel: sees the end of the server in this pod at once, which a Sentinel cannot tell from a slow server
# for a second. If it was the primary, a replica is promoted as soon as the replicas have read everything that it sent. And a
# server that started without data may be promoted as soon as it has its primary's.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
umask 077
requests=$ROOT/run/valkey/server-requests

# ended: nobody listens, which is more than no answer.
ended() {
  # shellcheck disable=SC2031 # of another port knows only sentinel(), a subshell on purpose
  timeout 1 valkey-cli -h 127.0.0.1 -p "$PORT" PING </dev/null 2>&1 | grep -q 'Connection refused'
}

# all_read: whether each replica that answers has come to the end of what the primary sent.
all_read() {
  for node in $(others); do valkey "$node" 'INFO replication' & done | grep -q '^master_link_status:up' && return 1
  return 0
}

# newcomer: whether the server started without data (start-node.sh) and does not have everything yet.
newcomer() {
  info=$(valkey 127.0.0.1 'INFO replication')
  [ "$(printf '%s\n' "$info" | field slave_priority)" = 0 ] || return
  [ "$(printf '%s\n' "$info" | field master_link_status)" = up ] || return 0
  [ "$(valkey 127.0.0.1 'CONFIG SET replica-priority 100')" != OK ] || { log 'this pod has all data now' && return 1; }
}

rm -f "$requests"
mkfifo "$requests"
exec 3<>"$requests" # never at its end, so that valkey-cli stays
while :; do
  until [ "$(ask sentinel PING)" = PONG ]; do sleep 0.5; done
  read -r password <"$ROOT/secrets/sentinel"
  printf 'AUTH sentinel %s\nSUBSCRIBE end\n' "$password" >&3
  if newcomer; then seconds=1; else seconds=60; fi
  # shellcheck disable=SC2031,SC2086 # as above; several words
  timeout "$seconds" valkey-cli $TLS -h 127.0.0.1 -p "$PORT" <&3 >/dev/null 2>&1 # until the connection ends
  if ended && [ "$(known_primary 127.0.0.1)" = "$SELF" ]; then
    log 'the primary in this pod has ended'
    within 5 all_read
    order
  fi
done
