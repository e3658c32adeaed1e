#!/bin/sh
# Beside this pod's Sentinel: what makes a failover quick and is no setting of Sentinel's file. While this Sentinel leads one,
# the other replicas follow the promoted one as soon as it is a primary. Sentinel would see only by its next INFO, up to a
# second later, that the promotion took place; and a primary without a replica takes no writes. A failover that came to nothing
# is begun again at once, not after 4 s.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
umask 077
requests=$ROOT/run/valkey/sentinel-requests
PERIODS='PING-PERIOD 350 INFO-PERIOD 500 PUBLISH-PERIOD 1000 TILT-PERIOD 5000 ELECTION-TIMEOUT 300' # in ms

# follow PROMOTED PRIMARY: once it is a primary, the other replica becomes its own.
follow() (
  for node in $NODES; do
    case $node in "$1" | "$2") ;; *) follow_from "$node" "$@" & ;; esac
  done
  wait
)
# A primary that lives, as with a full disk, goes on sending to its replica after it has lost the other one. What has more than the promoted
# one needs a full synchronisation. So its replica first follows nobody: nothing listens at port 1. What the Sentinel promotes has to close its
# connections: then it is looked at only after the replica was told.
follow_from() { # REPLICA PROMOTED PRIMARY
  auth sentinel
  reply=$(
    {
      printf '%s\n' "$auth" "SLAVEOF $2 1"
      cli 4 -h "$2" -p "$SERVER_PORT" --user sentinel --askpass -r 100 -i 0.02 ROLE <"$ROOT/secrets/sentinel" | grep -q '^master'
      echo "SLAVEOF $2 $SERVER_PORT"
      log "${1%%.*} follows ${2%%.*}" >&2
      [ "$(role "$2")" = master ] || {
        echo "SLAVEOF $3 $SERVER_PORT"
        log "${1%%.*} follows ${3%%.*} again, because ${2%%.*} was not promoted" >&2
      }
    } | cli 5 -h "$1" -p "$SERVER_PORT"
  )
  case $reply in OK*OK*OK*) ;; *) log "${1%%.*}: ${reply:-no answer}" ;; esac
}

# missed PRIMARY: whether this pod's Sentinel hears nothing of it, and names no other.
missed() {
  sentinel 127.0.0.1 "SENTINEL PRIMARY $PRIMARY_NAME" | tr '\n' ' ' | grep -q " ip $1 .* flags [^ ]*s_down"
}

# elected PRIMARY: whether this pod's Sentinel and another one, which misses PRIMARY too, vote for this pod's.
elected() {
  epoch=$(($(noted current-epoch) + 1))
  vote 127.0.0.1 "$1" "$epoch" "$me" | grep -q " $me " || return
  for node in $OTHERS; do vote "$node" "$1" "$epoch" "$me" & done | grep -q "^OK 1 $me "
}

# again PRIMARY: its failover came to nothing, because two Sentinels were candidates at the same time, or no replica was heard of for a
# moment. Sentinel alone would wait for 4 s.
again() (
  me=$(sentinel_id "$SELF")
  vote 127.0.0.1 "$1" 0 "$me" | grep -q " $me " || sleep 2 # another one leads meanwhile
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    missed "$1" || exit
    ! elected "$1" || ! lead "$SELF" || exit
    for node in $NODES; do # in turn
      sleep 0.1
      [ "$node" != "$SELF" ] || break
    done
  done
)

rm -f "$requests"
mkfifo "$requests"
exec 3<>"$requests" # never at its end, so that valkey-cli stays
while :; do
  # Ping: a hang is seen sooner; and a replica whose INFO is older than 5 pings is not promoted, while a Sentinel asks for it once a
  # second. Publish: a former primary is made a replica after 4 of them. Tilt: after a standstill a Sentinel does nothing for it.
  # Election: candidates wait for votes so long, and up to a second more. (Ask stays at a second: the last one to miss the primary asks the
  # others at once, and they do not hear of that at the same time and become candidates as well.)
  until [ "$(sentinel 127.0.0.1 "SENTINEL DEBUG $PERIODS")" = OK ]; do sleep 0.2; done
  auth sentinel
  printf '%s\n' "$auth" 'SUBSCRIBE +selected-slave -failover-abort-not-elected -failover-abort-no-good-slave' >&3
  # shellcheck disable=SC2086 # several words
  valkey-cli $TLS -h 127.0.0.1 -p "$SENTINEL_PORT" <&3 2>/dev/null | while read -r event; do
    case $event in
      "slave "*" @ $PRIMARY_NAME "*)
        # slave NAME HOST PORT @ NAME HOST PORT
        # shellcheck disable=SC2086 # words
        set -- $event
        follow "$3" "$7"
        ;;
      "master $PRIMARY_NAME "*)
        # shellcheck disable=SC2086 # as above
        set -- $event
        again "$3" &
        ;;
    esac
  done
done
