#!/bin/sh
# Reads the whole data set, from a replica where one keeps up, as a replica does: nothing blocks the server. What has arrived is
# checked, and its keys are counted. The pod sets NODES: the host names of all nodes.
. "${0%/*}/lib.sh"
. "${0%/*}/backup-lib.sh"
dump=$WORK/dump.rdb obstacle=''
rm -f "$dump"

# role NODE: replica (one that keeps up) or primary; false if it is neither.
role() (
  # shellcheck disable=SC2030,SC2034 # lib.sh uses them
  HOST=$1 LIMIT=5
  reply=$(ask backup ROLE) || { echo "$1: $reply" && exit 1; }
  case $reply in
    slave?*?connected?*) echo replica ;;
    master?*) echo primary ;;
    *) echo "$1 is a replica without its primary" && exit 1 ;;
  esac
)

# choose: sets node and role; a replica rather than the primary, and none that has just failed before others were tried.
choose() {
  node='' role=''
  for candidate in $NODES; do
    found=$(role "$candidate") || { obstacle=$found && continue; }
    [ "$candidate" != "${failed-}" ] || [ "$NODES" = "$candidate" ] || continue
    case $found in
      replica) node=$candidate role=replica && return ;;
      primary) node=$candidate role=primary ;;
    esac
  done
  [ -n "$node" ]
}

# receive: standard input is the password, so that it is in no argument.
receive() {
  # shellcheck disable=SC2086 # several words
  timeout "${READ_SECONDS:-3600}" valkey-cli $TLS -h "$node" -p "$PORT" --user backup --askpass --rdb "$dump" \
    <"$ROOT/secrets/backup" >"$WORK/receive" 2>&1
}

tries=${TRIES:-30}
while :; do
  if choose; then
    time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    echo "reading $node, a $role"
    receive && break
    obstacle="$node: $(tail -n 1 "$WORK/receive")"
    failed=$node
    case $(cat "$WORK/receive") in *'o space left'* | *'short write'*) refuse WorkFull "the data set does not fit into the pod's /work: $obstacle" ;; esac
  else
    failed=''
  fi
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail StoreUnreachable "the store could not be read: $obstacle"
  sleep "${WAIT_SECONDS:-5}"
done
valkey-check-rdb "$dump" >"$WORK/check" 2>&1 || fail DumpDamaged "valkey-check-rdb: $(tail -n 3 "$WORK/check")"
aux() { sed -n "s/.*AUX FIELD $1 = '\([^']*\)'.*/\1/p" "$WORK/check" | head -n 1; }
sum=$(sha256sum "$dump")
manifest='{"keys":%s,"expires":%s,"bytes":%s,"memory":%s,"sha256":"%s","valkey":"%s","role":"%s","node":"%s","time":"%s"}\n'
# shellcheck disable=SC2059 # a constant
printf "$manifest" "$(checked 'keys read')" "$(checked expires)" "$(wc -c <"$dump" | tr -d ' ')" "$(aux used-mem)" "${sum%% *}" \
  "$(aux valkey-ver)" "$role" "$node" "$time" >"$WORK/manifest.json"
report "$(cat "$WORK/manifest.json")"
