#!/bin/sh
# Becomes one of three servers: a replica of the primary that the Sentinels name, or that primary itself; but never an empty
# primary beside others that have data, nor one whose data is older than that of a replica that lived on. A replica starts
# with a priority of 0, so that no Sentinel promotes it before it has everything (watch-server.sh): what it has may be nothing, or
# older than what the primary has, which is only late, and would copy it when it comes back.
# The server loads its data while it is not known yet what it is; until then nobody can reach it, as if it had not started.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
trap 'exit 0' TERM INT
umask 077
stopping=$ROOT/run/valkey/stopping locked=$ROOT/run/valkey/locked
rm -f "$stopping" "$locked"
! claim || : >"$locked"
conf=$ROOT/run/valkey/valkey.conf socket=$ROOT/run/valkey/server.sock hosts=$ROOT/run/valkey/hosts
# What this pod's Sentinel has written down is almost always what the others will say.
expected=$(noted "monitor $PRIMARY_NAME" 2>/dev/null)
expected=${expected%% *}
[ "$expected" != "$SELF" ] || expected=''
rm -f "$ROOT"/data/temp-* # left by a server that was killed while it rewrote its files
{
  echo "include $ROOT/config/valkey.conf"
  echo "replica-announce-ip $SELF"
  echo "replica-announce-port $SERVER_PORT"
  read -r password <"$ROOT/secrets/replication"
  echo "primaryauth $password"
  echo 'port 0'
  [ -z "$TLS" ] || echo 'tls-port 0'
  echo "unixsocket $socket"
  echo 'unixsocketperm 700'
  # Nobody listens at port 1.
  [ -z "$expected" ] || printf '%s\n' "replicaof $expected 1" 'replica-priority 0'
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
  for node in $OTHERS; do survives "$node" & done | head -n 1 | grep .
}
survives() {
  info=$(LIMIT=0.3 valkey "$1" INFO)
  [ -n "$info" ] || info=$(valkey "$1" INFO)
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
  for node in $OTHERS; do filled "$node" & done | grep -q . && return
  for node in $NODES; do
    sentinel "$node" "SENTINEL REPLICAS $PRIMARY_NAME" | sed -n '/^slave-priority/{n;p;}' | grep -q '^[1-9]' && return
  done
  return 1
}

# alone: whether no other pod has an address yet (names.sh). To ask takes processor time that these pods need to start.
alone() {
  [ -r "$hosts" ] || return
  while read -r address name; do
    case "$OTHERS " in *" $name "*) case $address in "$NOWHERE"*) ;; *) return 1 ;; esac ;; esac
  done <"$hosts"
}

# A pod that was stopped half-way may have left another pod preferred, whatever data that has.
treat_alike() {
  [ "$(valkey "$1" 'CONFIG GET replica-priority' | sed -n 2p)" != 1 ] || valkey "$1" 'CONFIG SET replica-priority 100'
}

# own USER COMMAND...: the reply of this pod's server, also while nobody else can reach it.
own() (
  # shellcheck disable=SC2034 # lib.sh uses it
  WHERE="-s $socket"
  ask "$@"
)

# patiently COMMAND...: until it is true, as long as there is a server.
patiently() {
  until "$@"; do
    kill -0 $$ 2>/dev/null || exit
    sleep 0.1
  done
}

# done_by USER COMMAND: the password may be newer than the users that the server knows, and is not refused for long. Nor is any SLAVEOF, once the
# data are loaded.
done_by() { [ "$(own "$@")" = OK ]; }

# open: from now on others can reach it.
open() { patiently done_by operator "CONFIG SET ${TLS:+tls-}port $SERVER_PORT"; }

# named: whether the Sentinels name a primary, and this server may follow it, or be it. Nothing comes back from a pod that has just got its address, for
# the moment that network policies take: so first nobody waits long, and asks again.
named() {
  primary=''
  alone || { primary=$(LIMIT=$limit voted_primary); asked=$((asked + 1)); }
  [ "$asked" -lt 20 ] || limit=1
  if [ -z "$primary" ]; then
    reason='no majority of the Sentinels names a primary yet'
  elif [ "$primary" != "$SELF" ]; then
    return 0
  elif [ -z "$data" ]; then
    lived || return 0
    reason='named primary, but without data: waiting for a failover'
  elif other=$(survivor); then
    [ "$patience" -gt 0 ] || return 0
    patience=$((patience - 1))
    reason="named primary, but $other lived on: waiting for a failover"
  else
    return 0
  fi
  [ "$reason" = "$obstacle" ] || log "$reason"
  obstacle=$reason
  return 1
}

# become: a primary or a replica.
become() {
  patiently named
  if [ "$primary" = "$SELF" ]; then
    log 'starting as primary'
    if [ -n "$expected" ]; then
      patiently done_by sentinel 'SLAVEOF NO ONE'
      patiently done_by operator 'CONFIG SET replica-priority 100'
    fi
  else
    log "starting as replica of $primary"
    # One that loads for minutes is to say so, but not that it is a primary.
    if [ -n "$expected" ]; then open; else patiently done_by operator 'CONFIG SET replica-priority 0'; fi
    # A replica that finds nobody tries again only a second later.
    LIMIT=0.3 within 10 answers "$primary"
    patiently done_by sentinel "SLAVEOF $primary $SERVER_PORT"
  fi
  open
  for node in $OTHERS; do treat_alike "$node" & done >/dev/null
}

# end: ends the server. In a pod that is deleted by force the kubelet cuts stop-node.sh short after a second, and gives two more from here on: it
# goes on in them first.
end() {
  [ ! -e "$stopping" ] || timeout "${LAST_SECONDS:-1.7}" /bin/sh "${0%/*}/stop-node.sh"
  kill "$server"
}

obstacle='' patience=${PATIENCE:-120} data='' limit=0.3 asked=0
! holds_data "$ROOT/data/appendonlydir" || data=yes
export MALLOC_CONF=dirty_decay_ms:0,muzzy_decay_ms:0
export JE_MALLOC_CONF="$MALLOC_CONF"
# Not in the place of this script: whom any script leaves behind becomes a child of the container's first process. A server sees the end of one
# child in 0.1 s, so that of the child that sent its data to a replica after all others': a second or two late, in which it takes no writes.
valkey-server "$conf" &
server=$!
trap end TERM INT
become &
while kill -0 "$server" 2>/dev/null; do
  wait "$server" # or for a signal
  status=$?
done
(exit "$status")
