#!/bin/sh
# Beside this pod's Sentinel, which reads its certificate only when it starts: stops it when there is a new one, so that it is
# started again; one pod after the other. There is a month's time for it.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
files() { cat "$ROOT/tls/tls.crt" "$ROOT/tls/ca.crt"; }
all_answer() {
  for node in $NODES; do [ "$(sentinel "$node" PING)" = PONG ] || return; done
}

started=$(files)
while new=$(files) && [ "$new" = "$started" ]; do sleep "${RENEW_SECONDS:-30}"; done
sleep "$((${POD##*-} * ${RENEW_SECONDS:-30} * 2))"
until all_answer; do sleep "${RENEW_SECONDS:-30}"; done
log 'stopping Sentinel, which comes back with its new certificate'
sentinel 127.0.0.1 SHUTDOWN
