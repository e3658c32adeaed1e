#!/bin/sh
# Looks at the store from outside its pods and ends as soon as it is another than REPORT says. The new report is its
# termination message, which Kubernetes shows in the status of its pod: who has no way to ask the store learns it there, and
# starts an observer that knows it. A failover in between is no news until there is another primary.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
# shellcheck disable=SC2034 # cluster.sh uses it
SERVER_USER=probe SENTINEL_USER=probe
trap 'exit 0' TERM INT

# standing NODE: "accepting POD" for a primary that takes writes (as HAProxy sees it), "alone POD" for one without a replica.
standing() (
  info=$(valkey "$1" 'INFO replication')
  [ "$(printf '%s\n' "$info" | field role)" = master ] || exit
  replicas=$(printf '%s\n' "$info" | field min_slaves_good_slaves)
  if [ "${replicas:-0}" -ge 1 ]; then echo "accepting ${1%%.*}"; else echo "alone ${1%%.*}"; fi
)

# look: how the store is. All servers are asked at the same time.
look() {
  primaries=$(for node in $NODES; do standing "$node" & done | sort)
  accepting=$(printf '%s\n' "$primaries" | sed -n 's/^accepting //p')
  alone=$(printf '%s\n' "$primaries" | sed -n 's/^alone //p')
  quorum=no
  for node in $NODES; do # one is enough, and almost always the first
    case $(sentinel "$node" "SENTINEL CKQUORUM $PRIMARY_NAME") in OK*) quorum=yes && break ;; esac
  done
  # shellcheck disable=SC2086 # words
  echo "primary="${accepting:-$alone} "writes=${accepting:+yes}" "quorum=$quorum" | sed 's/writes= /writes=no /'
}

differs=0 last=''
while :; do
  now=$(look)
  if [ "$now" = "${REPORT-}" ]; then differs=0; else differs=$((differs + 1)); fi
  case $now in
    # Bad news is worth waiting for: most of it is over soon, and a store that starts has no primary at first.
    *=no*) if [ -n "${REPORT-}" ]; then enough=4; else enough=30; fi ;;
    *) if [ "$now" = "$last" ]; then enough=1; else enough=99; fi ;;
  esac
  [ "$differs" -lt "$enough" ] || break
  last=$now
  sleep "${LOOK_SECONDS:-2}" & # not in the foreground: only `wait` is cut short by a signal
  wait $!
done
log "$now"
printf '%s' "$now" >"$ROOT/dev/termination-log"
