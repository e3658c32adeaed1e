#!/bin/sh
# Becomes one of three servers: a replica of the primary that the Sentinels name, or that primary itself; but never an empty
# primary beside others that have data, nor one whose data is older than that of a replica that lived on. A replica starts
# with a priority of 0, so that no Sentinel promotes it before it has everything (watch-server.sh): what it has may be nothing, or
# older than what the primary has, which is only late, and would copy it when it comes back.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
trap 'exit 0' TERM INT
umask 077
conf=$ROOT/run/valkey/valkey.conf
rm -f "$ROOT"/data/temp-* # left by a server that was killed while it rewrote its files
{
  echo "include $ROOT/config/valkey.conf"
  echo "replica-announce-ip $SELF"
  read -r password <"$ROOT/secrets/replication"
  echo "primaryauth $password"
} >"$conf"

# holds_data DIRECTORY: whether the log in it has a command, or its base a key. A base of up to 512 bytes may have none.
holds_data() {
  find "$1" \( -name '*.aof' -size +0 \) -o \( -name '*.rdb' -size +1 \) 2>/dev/null | grep -q . && return
  for base in "$1"/*.rdb; do
    valkey-check-rdb "$base" 2>/dev/null | grep -q '^\[info\] [1-9][0-9]* keys read' && return
  done
  return 1
}

# survivor: a pod whose server was up before this one; it has newer data. All are asked at the same time.
survivor() {
  for node in $(others); do survives "$node" & done | head -n 1 | grep .
}
survives() {
  info=$(valkey "$1" INFO)
  up=$(printf '%s\n' "$info" | field uptime_in_seconds)
  [ "$(printf '%s\n' "$info" | field loading)" != 0 ] || [ "${up:-0}" -lt 10 ] ||
    [ "$(printf '%s\n' "$info" | field slave_priority)" = 0 ] || echo "$1"
}

# filled NODE: says so if its server has a key, or is reading them.
filled() {
  valkey "$1" INFO | grep -E '^(db0:|loading:1)'
}

# lived: whether the set ever had replicas with data, as the Sentinels remember; or has.
lived() {
  for node in $(others); do filled "$node" & done | grep -q . && return
  for node in $NODES; do
    sentinel "$node" "SENTINEL REPLICAS $PRIMARY_NAME" | sed -n '/^slave-priority/{n;p;}' | grep -q '^[1-9]' && return
  done
  return 1
}

# A pod that was stopped half-way may have left another pod preferred, whatever data that has.
treat_alike() {
  [ "$(valkey "$1" 'CONFIG GET replica-priority' | sed -n 2p)" != 1 ] || valkey "$1" 'CONFIG SET replica-priority 100'
}
for node in $(others); do treat_alike "$node" & done >/dev/null

# join PRIMARY: once the server has loaded its data it looks for PRIMARY, at the right port; that is news to it. What it was started
# with it looks for up to a second later, and a primary without a replica takes no writes.
join() {
  while :; do
    role=$(ask operator ROLE | tr '\n' ' ')
    case $role in
      "slave $1 1 "* | "$SILENCE ") ;;
      *) return ;;
    esac
    [ "$(ask operator PING)" != PONG ] || ask sentinel "SLAVEOF $1 $SERVER_PORT" >/dev/null
    sleep 0.1
  done
}

data=''
! holds_data "$ROOT/data/appendonlydir" || data=yes
obstacle='' patience=${PATIENCE:-120}
while :; do
  primary=$(voted_primary)
  if [ -z "$primary" ]; then
    reason='no majority of the Sentinels names a primary yet'
  elif [ "$primary" != "$SELF" ]; then
    break
  elif [ -z "$data" ]; then
    lived || break
    reason='named primary, but without data: waiting for a failover'
  elif other=$(survivor); then
    [ "$patience" -gt 0 ] || break
    patience=$((patience - 1))
    reason="named primary, but $other lived on: waiting for a failover"
  else
    break
  fi
  [ "$reason" = "$obstacle" ] || log "$reason"
  obstacle=$reason
  sleep 0.1
done
if [ "$primary" = "$SELF" ]; then
  log 'starting as primary'
else
  log "starting as replica of $primary"
  # A replica that finds nobody tries again only a second later.
  LIMIT=0.3 within 10 answers "$primary"
  echo "replicaof $primary 1" >>"$conf"
  join "$primary" &
  echo 'replica-priority 0' >>"$conf"
fi
export MALLOC_CONF=dirty_decay_ms:0,muzzy_decay_ms:0
export JE_MALLOC_CONF="$MALLOC_CONF"
trap - TERM INT
exec valkey-server "$conf"
