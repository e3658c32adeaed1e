#!/bin/sh
# Before the server is stopped: if it is the primary it leaves the proxies, hands over to a replica, and waits until the
# Sentinels know and the other replica follows.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
[ -w /proc/1/fd/1 ] && [ -z "$ROOT" ] && exec >/proc/1/fd/1 2>&1

replication() { valkey "$1" 'INFO replication'; }
good() { # PRIMARY N: whether it has N or more replicas that keep up
  replicas=$(replication "$1" | field min_slaves_good_slaves)
  [ "${replicas:-0}" -ge "$2" ]
}
role() { replication 127.0.0.1 | field role; }

[ "$(role)" = master ] || exit 0
good 127.0.0.1 1 || { log 'there is no replica to hand over to' && exit 0; }
# Takes min_slaves_good_slaves out of INFO, and so this server out of the proxies.
valkey 127.0.0.1 'CONFIG SET min-replicas-to-write 0' >/dev/null
sleep "${DRAIN_SECONDS:-0.3}"
handed=''
for _ in 1 2 3 4 5; do
  # The Sentinel of another pod leads: the one of this pod may be stopped half-way.
  for node in $(others) "$SELF"; do
    reply=$(sentinel "$node" "SENTINEL FAILOVER $PRIMARY_NAME COORDINATED")
    log "failover led by $node: $reply"
    case $reply in OK* | *INPROG*) break ;; esac
  done
  tries=30
  while [ "$tries" -gt 0 ] && [ -z "$handed" ]; do
    [ "$(role)" = slave ] && handed=yes
    tries=$((tries - 1))
    sleep 0.1
  done
  [ -z "$handed" ] || break
done
if [ -z "$handed" ]; then
  log 'no handover'
  valkey 127.0.0.1 'CONFIG SET min-replicas-to-write 1' >/dev/null
  exit 0
fi
tries=40
while [ "$tries" -gt 0 ]; do
  primary=$(voted_primary)
  if [ -n "$primary" ] && [ "$primary" != "$SELF" ] && good "$primary" 2; then
    log "$primary has taken over" && exit 0
  fi
  tries=$((tries - 1))
  sleep 0.2
done
log 'handed over'
