#!/bin/sh
# Beside this pod's Sentinel: what makes a failover quick and is no setting of Sentinel's file. While this Sentinel leads one,
# the other replicas follow the promoted one as soon as it is a primary. Sentinel would see only by its next INFO, up to a
# second later, that the promotion took place; and a primary without a replica takes no writes.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
umask 077
requests=$ROOT/run/valkey/sentinel-requests
PERIODS='PING-PERIOD 350 ASK-PERIOD 100 INFO-PERIOD 500 PUBLISH-PERIOD 1000 TILT-PERIOD 5000' # in ms

# follow PROMOTED: once it is a primary, the replicas of other servers become its own.
follow() (
  for node in $NODES; do
    [ "$node" = "$1" ] || follow_from "$node" "$1" &
  done
  wait
)
follow_from() ( # REPLICA PROMOTED
  of=$(valkey "$1" ROLE | sed -n '1{/^slave$/!q;};2p')
  [ -n "$of" ] && [ "$of" != "$2" ] || exit
  tries=100
  until [ "$(valkey "$2" ROLE | head -n 1)" = master ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || exit
    sleep 0.02
  done
  # shellcheck disable=SC2034 # lib.sh uses them
  HOST=$1 LIMIT=1
  # shellcheck disable=SC2031 # of another port knows only sentinel()
  log "$1 follows $2: $(ask sentinel "SLAVEOF $2 $PORT")"
)

rm -f "$requests"
mkfifo "$requests"
exec 3<>"$requests" # never at its end, so that valkey-cli stays
while :; do
  # Ping: a hang is seen sooner; and a replica whose INFO is older than 5 pings is not promoted, while a Sentinel asks for it once a
  # second. Publish: a former primary is made a replica after 4 of them, and each one has the others look for
  # names. Tilt: after a standstill a Sentinel does nothing for it.
  until [ "$(sentinel 127.0.0.1 "SENTINEL DEBUG $PERIODS")" = OK ]; do sleep 0.2; done
  read -r password <"$ROOT/secrets/sentinel"
  printf 'AUTH sentinel %s\nSUBSCRIBE +selected-slave\n' "$password" >&3
  # shellcheck disable=SC2086 # several words
  valkey-cli $TLS -h 127.0.0.1 -p "$SENTINEL_PORT" <&3 2>/dev/null | while read -r event; do
    case $event in
      "slave "*" @ $PRIMARY_NAME "*)
        # slave NAME HOST PORT @ ...
        # shellcheck disable=SC2086 # words
        set -- $event
        follow "$3"
        ;;
    esac
  done
done
