#!/bin/sh
# Beside this pod's Sentinel: sees the end of the primary at once, which a Sentinel cannot tell from a slow server for a second.
# A replica is then promoted as soon as the replicas have read everything that it sent. And a server that started without data
# may be promoted as soon as it has its primary's.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
umask 077
requests=$ROOT/run/valkey/server-requests

# ended: nobody listens at $host, which is more than no answer; of another pod, which may be gone with its network, also if
# nothing comes back.
ended() {
  # shellcheck disable=SC2031 # of another port knows only sentinel(), a subshell on purpose
  reply=$(timeout 0.5 valkey-cli -h "$host" -p "$PORT" PING </dev/null 2>&1)
  case $reply in
    *'Connection refused'*) ;;
    *'Could not connect'* | '') [ "$primary" != "$SELF" ] ;;
    *) return 1 ;;
  esac
}

# all_read PRIMARY: whether each replica that answers has come to the end of what it sent.
all_read() {
  for node in $NODES; do
    [ "$node" = "$1" ] || valkey "$node" 'INFO replication' &
  done | grep -q '^master_link_status:up' && return 1
  return 0
}

# next PRIMARY: the first other pod. Only its Sentinel is told to lead, whoever tells it.
next() {
  for node in $NODES; do [ "$node" = "$1" ] || echo "$node"; done | head -n 1
}

# pledge LEADER PRIMARY: the other Sentinels vote for it. It leads without an election, of which they would know nothing: each would
# begin a failover of its own as soon as it misses the primary itself, to another replica perhaps.
pledge() {
  epoch=$((epoch + 1))
  leader=$(sentinel "$1" 'SENTINEL MYID')
  for node in $NODES; do
    # shellcheck disable=SC2031 # as above
    [ "$node" = "$1" ] || sentinel "$node" "SENTINEL IS-MASTER-DOWN-BY-ADDR $2 $PORT $epoch $leader" &
  done >/dev/null
}

# under_way: whether a failover that this pod's Sentinel leads is not done.
under_way() { sentinel 127.0.0.1 "SENTINEL PRIMARY $PRIMARY_NAME" | grep -q failover_in_progress; }

# replaced PRIMARY: whether this pod's Sentinel names another one.
replaced() (
  known=$(known_primary 127.0.0.1)
  [ -n "$known" ] && [ "$known" != "$1" ]
)

# replace PRIMARY: a failover led by this pod, begun again when it was given up, as when no replica was heard of for a second; a
# Sentinel alone begins another one 4 s later. A primary that is back stays what it is.
replace() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ! lead "$SELF" || pledge "$SELF" "$1"
    sleep 0.2
    while under_way; do
      ! replaced "$1" || return 0
      sleep 0.1
    done
    ended || return 0
    ! replaced "$1" || return 0
  done
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
  until primary=$(known_primary 127.0.0.1) && answers 127.0.0.1 && answers "$primary"; do sleep 0.5; done
  host=$primary
  [ "$primary" != "$SELF" ] || host=127.0.0.1
  read -r password <"$ROOT/secrets/sentinel"
  printf 'AUTH sentinel %s\nSUBSCRIBE end\n' "$password" >&3
  if newcomer; then seconds=1; else seconds=60; fi
  # shellcheck disable=SC2031,SC2086 # as above; several words
  timeout "$seconds" valkey-cli $TLS -h "$host" -p "$PORT" <&3 >/dev/null 2>&1 || [ $? -lt 124 ] || continue # the time is over
  # All at the same time: on a busy machine each of them takes long, and a Sentinel that looks for a name is silent.
  seen=$(
    known_primary 127.0.0.1 &
    ! ended || echo ended &
    within 5 all_read "$primary"
    wait
  )
  printf '%s\n' "$seen" | grep -qx ended || continue # not within the name of a store
  known=$(printf '%s\n' "$seen" | sed /^ended$/d)
  for _ in 1 2 3 4; do [ -n "$known" ] || known=$(known_primary 127.0.0.1); done
  if [ "$known" = "$primary" ]; then
    log "the primary in ${primary%%.*} has ended"
    epoch=$(sed -n 's/^sentinel current-epoch //p' "$ROOT/data/sentinel/sentinel.conf")
    case $SELF in
      "$primary") order && pledge "$leading" "$primary" ;;
      "$(next "$primary")") replace "$primary" ;;
    esac
  fi
done
