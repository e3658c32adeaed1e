#!/bin/sh
# Before the server is stopped: if it is the primary it hands over to a replica. Its writes wait meanwhile, the proxies leave
# it, and a Sentinel promotes a replica that has everything. (Valkey's own FAILOVER waits for the replica's next
# acknowledgement, up to a second more.)
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
stopping=$ROOT/run/valkey/stopping locked=$ROOT/run/valkey/locked
again=''
[ ! -e "$stopping" ] || again=yes # it was cut short before (start-node.sh)
: >"$stopping"
trap 'rm -f "$stopping"' EXIT
[ -w /proc/1/fd/1 ] && [ -z "$ROOT" ] && exec >/proc/1/fd/1 2>&1

replication() { valkey "$1" 'INFO replication'; }
good() { # PRIMARY: whether it has a replica that keeps up
  replicas=$(replication "$1" | field min_slaves_good_slaves)
  [ "${replicas:-0}" -ge 1 ]
}

# reachable: says so if any other pod is. They are asked at the same time.
reachable() {
  for node in $OTHERS; do LIMIT=0.3 sentinel "$node" PING & done | grep -q PONG && echo reachable
}

# prefer PRIORITY: of the first other pod with a replica that keeps up, 1 to have it promoted. A new version reaches the pods
# from the last to the first: so the primary is always of the oldest version, whose data the others understand.
prefer() {
  for node in $OTHERS; do
    replication "$node" | grep -q '^master_link_status:up' || continue
    valkey "$node" "CONFIG SET replica-priority $1" >/dev/null
    return
  done
}
preferred() {
  for node in $OTHERS; do
    sentinel "$node" "SENTINEL REPLICAS $PRIMARY_NAME" | sed -n '/^slave-priority/{n;p;}' | grep -qx '1[[:cntrl:]]*' || return
  done
}

# No write gets through, the proxies look for another primary (without min-replicas-to-write INFO has no min_slaves_good_slaves), and
# the replicas get nothing more, not even a PING.
HOLD='CONFIG SET min-replicas-to-write 0 repl-ping-replica-period 3600
CLIENT PAUSE 20000 WRITE'
release() {
  valkey 127.0.0.1 'CLIENT UNPAUSE
CONFIG SET min-replicas-to-write 1 repl-ping-replica-period 1' >/dev/null
}

# level: whether every replica has everything.
level() {
  all=$(replication 127.0.0.1 | field master_repl_offset)
  found=''
  for node in $OTHERS; do
    info=$(replication "$node")
    [ "$(echo "$info" | field master_link_status)" = up ] || continue
    [ "$(echo "$info" | field slave_repl_offset)" = "$all" ] || return 1
    found=yes
  done
  [ -n "$found" ]
}

succeeded() {
  for node in $OTHERS; do [ "$(role "$node")" != master ] || return 0; done
  return 1
}
settled() {
  primary=$(voted_primary)
  [ -n "$primary" ] && [ "$primary" != "$SELF" ] && good "$primary"
}

# depart: who cannot reach the others still reaches who listens: beside another Sentinel, which then has a replica promoted.
depart() {
  log "cut off from the other pods, of which some were told:" "$(
    {
      auth sentinel
      printf '%s\n' "$auth" 'PUBLISH end leaving'
      auth operator
      printf '%s\n' "$auth" "$HOLD" 'CLIENT KILL TYPE pubsub'
    } | cli 1 -h 127.0.0.1 -p "$SERVER_PORT" | tr '\n' ' '
  )"
}

# heard: whether another pod listens (watch-server.sh). One that leaves itself does so no longer (stop-sentinel.sh).
heard() { valkey 127.0.0.1 'CLIENT LIST TYPE pubsub' | grep ' name=watcher-' | grep -qv " name=watcher-$POD "; }

linked() { replication 127.0.0.1 | grep -q '^master_link_status:up'; }

# stay COMMAND...: while it is true, for two seconds at most.
stay() {
  for _ in 1 2 3 4; do
    "$@" || return 0
    sleep 0.4
  done
}

# part ROLE: of a replica, or of a pod that cannot reach the others. If those stay one of them replaces it. If all are deleted at once nobody can, and new
# pods take seconds to begin: a primary goes on as long as it may, and so do its replicas, of which it needs one. The new pods wait for the
# end of that (claim).
part() {
  case $1 in
    *slave*) [ ! -e "$locked" ] || stay linked ;;
    *master*)
      [ -n "$again" ] || stay heard
      if [ -e "$locked" ] && ! heard; then
        log 'all pods leave: serving with the replicas that are left' && stay good 127.0.0.1
      else
        depart
      fi
      ;;
  esac
}

# A pod that is deleted by force has a second for this script, and may open no connections to others any more. It must not wait for
# replicas that it cannot reach: the other pods replace it (watch-server.sh).
state=$(
  role 127.0.0.1 &
  [ -n "$again" ] || reachable
  wait
)
case $state in *master*reachable* | *reachable*master*) ;; *) part "$state" && exit 0 ;; esac
patient() { valkey 127.0.0.1 'CONFIG SET shutdown-timeout 10' >/dev/null; }
good 127.0.0.1 || { log 'there is no replica to hand over to' && patient && exit 0; }
prefer 1
within 15 preferred
within 20 heard # or all pods are deleted by force, and this script is cut short
for _ in 1 2 3; do
  valkey 127.0.0.1 "$HOLD" >/dev/null
  if within 10 level && order && within 30 succeeded; then
    within 50 settled
    valkey "$primary" 'CONFIG SET replica-priority 100' >/dev/null
    log "handed over to ${primary:-another pod}" && exit 0
  fi
  release
  log 'no handover' && sleep 1
done
prefer 100
patient
