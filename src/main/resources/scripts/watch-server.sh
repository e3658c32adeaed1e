#!/bin/sh
# Beside this pod's Sentinel: sees the end of the primary at once, which a Sentinel cannot tell from a slow server for a second.
# A replica is then promoted as soon as the replicas have read everything that it sent. And a server that started as a replica
# may be promoted as soon as it has its primary's data.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
umask 077
requests=$ROOT/run/valkey/server-requests heard=$ROOT/run/valkey/server-heard

# ended: nobody listens at $host, which is more than no answer; of another pod, which may be gone with its network, also if
# nothing comes back.
ended() {
  reply=$(timeout 0.5 valkey-cli -h "$host" -p "$SERVER_PORT" PING </dev/null 2>&1)
  case $reply in
    *'Connection refused'*) ;;
    *'Could not connect'* | '') [ "$primary" != "$SELF" ] ;;
    *) return 1 ;;
  esac
}

# over: whether the primary has ended, or told that it will, and stands still (stop-node.sh).
over() { [ -n "$told" ] || ended; }

# named: whether this pod's Sentinel names that primary; it may be too busy to say so at once.
named() {
  known=''
  for _ in 1 2 3 4 5; do [ -n "$known" ] || known=$(known_primary 127.0.0.1); done
  [ "$known" = "$primary" ]
}

# all_read: whether each replica that answers has come to the end of what the primary sent. Of one that told, they have the same then; of one that
# did not, $down says that a replica has lost it.
all_read() {
  states=$(for node in $NODES; do
    [ "$node" = "$primary" ] || printf '%s\n' "$auth" 'INFO replication' | cli 1 -h "$node" -p "$SERVER_PORT" &
  done)
  offset='' down=''
  for state in $states; do
    case $told:$state in
      :master_link_status:up*) return 1 ;;
      :master_link_status:*) down=yes ;;
      yes:slave_repl_offset:*)
        [ "${offset:-$state}" = "$state" ] || return
        offset=$state
        ;;
    esac
  done
}

# next: the first other pod. Only its Sentinel is told to lead, whoever tells it.
next() {
  for node in $NODES; do [ "$node" = "$primary" ] || echo "$node"; done | head -n 1
}

# certain: whether the next pod's Sentinel is to lead a failover, now. All at the same time: on a busy machine each of them takes long.
certain() {
  seen=$(
    if [ -n "$told" ]; then
      echo NAMED OVER
    else
      ! named || echo NAMED &
      [ "$primary" != "$SELF" ] || ! ended || echo OVER &
    fi
    echo "epoch $(noted current-epoch)" &
    # The connection of this pod has ended already. Of a pod that is gone nobody says that nobody listens there.
    within 5 all_read && [ "$primary" != "$SELF" ] && [ -n "$down" ] && echo OVER
    wait
  )
  epoch=${seen##*epoch }
  epoch=${epoch%%[!0-9]*}
  case $seen in *NAMED*OVER* | *OVER*NAMED*) ;; *) return 1 ;; esac
  log "the primary in ${primary%%.*} has ended${told:+, as it told}" >&2
}

# pledge: the other Sentinels vote for that of the next pod, whom a failover that was ordered does not ask. Else each would begin one of its
# own as soon as it misses the primary itself, to another replica perhaps. Nobody waits for their answers.
pledge() {
  epoch=$((epoch + 1))
  for node in $NODES; do
    [ "$node" = "$next" ] || [ -z "$id" ] || vote "$node" "$primary" "$epoch" "$id" &
  done >/dev/null
}

# under_way: whether a failover that this pod's Sentinel leads is not done.
under_way() { sentinel 127.0.0.1 "SENTINEL PRIMARY $PRIMARY_NAME" | grep -q failover_in_progress; }

# replaced: whether this pod's Sentinel names another one.
replaced() {
  known=$(known_primary 127.0.0.1)
  [ -n "$known" ] && [ "$known" != "$primary" ]
}

# replace: a failover led by this pod.
replace() {
  reply=$(
    {
      printf '%s\n' "$auth"
      ! certain || { pledge && echo "SENTINEL FAILOVER $PRIMARY_NAME"; }
    } | cli 5 -h 127.0.0.1 -p "$SENTINEL_PORT"
  )
  [ "$reply" != OK ] || return 0
  log "failover led by $SELF: ${reply#OK?}"
  persist
}

# persist: it is begun again when it was given up, as when no replica was heard of for a second; a Sentinel alone begins another one 4 s
# later. A primary that is back stays what it is.
persist() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    while under_way; do
      ! replaced || return 0
      sleep 0.1
    done
    over || return 0
    ! replaced || return 0
    epoch=$(noted current-epoch)
    pledge
    lead "$SELF"
  done
}

# held_back: whether the server started as a replica (start-node.sh) and may not be promoted yet, or does not answer; $info is about it.
held_back() {
  info=$(valkey 127.0.0.1 INFO)
  [ -z "$info" ] || [ "$(printf '%s\n' "$info" | field slave_priority)" = 0 ]
}

# admit WHY: from now on it may be.
admit() {
  [ "$(valkey 127.0.0.1 'CONFIG SET replica-priority 100')" = OK ] && log "$1"
}

# admission: as soon as it has all data; or when its primary does not come: what it has, if anything, is as good as what the other one has.
admission() {
  waited=0
  while held_back; do
    if [ "$(printf '%s\n' "$info" | field master_link_status)" = up ]; then
      admit 'this pod has all data now'
    elif primary=$(known_primary 127.0.0.1) && answers "$primary"; then
      waited=0
    elif [ $((waited += 1)) -ge "${PATIENCE:-60}" ] && printf '%s\n' "$info" | grep -q '^db0:'; then
      admit "may be promoted, because $primary does not come"
    fi
    sleep 0.5
  done
}

# check: whether the server was started again, and whether the Sentinel names another primary, as one that stands still is replaced. Nobody
# stops to listen for that: a primary that is deleted by force can be heard, but not reached any more.
check() {
  while sleep 15; do
    admission
    known=$(known_primary 127.0.0.1)
    [ -z "$known" ] || [ "$known" = "$primary" ] || kill "$listening"
  done
}

leave() {
  # shellcheck disable=SC2086 # of those that there are
  kill $listening $checking $admission 2>/dev/null
  exit 0
}

listening='' checking='' admission=''
trap leave TERM
echo $$ >"$ROOT/run/valkey/watcher"
rm -f "$requests"
mkfifo "$requests"
exec 3<>"$requests" # never at its end, so that valkey-cli stays
while :; do
  if [ -z "$admission" ] || ! kill -0 "$admission" 2>/dev/null; then
    admission &
    admission=$!
  fi
  primary=$(known_primary 127.0.0.1)
  # A Sentinel that has just started may name the one of before.
  if [ -z "$primary" ] || [ "$(role "$primary")" != master ]; then
    sleep 0.5
    continue
  fi
  host=$primary
  [ "$primary" != "$SELF" ] || host=127.0.0.1
  next=$(next)
  id=$(sentinel_id "$SELF")
  auth sentinel
  printf '%s\n' "$auth" "CLIENT SETNAME watcher-$POD" 'SUBSCRIBE end' >&3
  # shellcheck disable=SC2086 # several words
  valkey-cli $TLS -h "$host" -p "$SERVER_PORT" <&3 >"$heard" 2>/dev/null &
  listening=$!
  check &
  checking=$!
  wait "$listening"
  kill "$checking"
  told=''
  while read -r line; do [ "$line" != leaving ] || told=yes; done <"$heard"
  case $SELF in
    "$next") replace ;;
    "$primary") [ -n "$told" ] || { certain && id=$(sentinel_id "$next") && pledge && order; } ;;
  esac
done
