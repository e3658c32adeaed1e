# shellcheck shell=sh
# Sourced after lib.sh by the scripts of a store of three nodes. The pod sets POD (its name), NODES (the host names of all
# pods, in order) and PRIMARY_NAME (what the Sentinels call the set).
SENTINEL_PORT=${SENTINEL_PORT:-26379}
# shellcheck disable=SC2034 # for who sources this
SERVER_PORT=$PORT # also where PORT is the Sentinel's
# Every name here is complete. That of a pod that is gone would be looked for in three other domains as well. So: in the root
# alone, first and last.
export LOCALDOMAIN=. RES_OPTIONS=ndots:15
OTHERS='' # the other pods
# shellcheck disable=SC2153 # set by the pod
for node in $NODES; do
  case $node in "$POD".*) SELF=$node ;; *) OTHERS="$OTHERS $node" ;; esac
done
# shellcheck disable=SC2034 # for who sources this
NOWHERE=239.0.0. # how the address begins that names.sh gives a pod that has none

log() { echo "${0##*/}: $*"; }

# valkey NODE COMMAND, sentinel NODE COMMAND: the reply; nothing if that server does not answer within $LIMIT (a second).
valkey() (
  # shellcheck disable=SC2030,SC2031 # lib.sh uses it in the same subshell
  HOST=$1 LIMIT=${LIMIT:-1}
  reply=$(ask "${SERVER_USER:-operator}" "$2") && printf '%s\n' "$reply"
)
sentinel() (
  # shellcheck disable=SC2030,SC2031,SC2034 # lib.sh uses them in the same subshell
  HOST=$1 LIMIT=${LIMIT:-1} PORT=$SENTINEL_PORT
  reply=$(ask "${SENTINEL_USER:-sentinel}" "$2") && printf '%s\n' "$reply"
)

# cli SECONDS ...: valkey-cli, for so long at most. It can have begun before it is known what it has to say: on a busy machine each program
# takes long to begin.
cli() {
  limit=$1
  shift
  # shellcheck disable=SC2086 # several words
  timeout "$limit" valkey-cli $TLS "$@" 2>/dev/null
}

# answers NODE: whether its server can serve.
answers() { [ "$(valkey "$1" PING)" = PONG ]; }

# role NODE: master or slave; nothing if its server does not answer.
role() { valkey "$1" ROLE | head -n 1; }

# field NAME: its value in an INFO on standard input.
field() {
  sed -n "s/^$1:\([^[:cntrl:]]*\).*/\1/p" | head -n 1
}

# known_primary NODE: the primary by that pod's Sentinel; empty if it knows none or does not answer.
known_primary() (
  reply=$(sentinel "$1" "SENTINEL GET-PRIMARY-ADDR-BY-NAME $PRIMARY_NAME" | head -n 1)
  for node in $NODES; do [ "$node" != "$reply" ] || echo "$node"; done
)

# voted_primary: the primary that a majority of the Sentinels names; empty if there is none. They are asked at the same time, and
# nobody waits for the third one when two agree: it may be a pod that cannot be reached.
voted_primary() {
  for node in $NODES; do known_primary "$node" & done | {
    named=' '
    while read -r name; do
      case $named in *" $name "*) echo "$name" && break ;; esac
      named="$named$name "
    done
  }
}

# noted WHAT: what this pod's Sentinel has written down.
noted() { sed -n "s/^sentinel $1 \"\{0,1\}\([^\"]*\).*/\1/p" "$ROOT/data/sentinel/sentinel.conf"; }

# sentinel_id NODE: what the Sentinels call that pod's; nothing if this pod's has not heard of it yet.
sentinel_id() {
  if [ "$1" = "$SELF" ]; then noted myid; else noted "known-sentinel $PRIMARY_NAME $1 $SENTINEL_PORT"; fi
}

# vote NODE PRIMARY EPOCH ID: of its Sentinel, for the leader of PRIMARY's failover: OK, whether it misses PRIMARY (1 or 0), for whom, when.
# It votes for ID if it has not voted in that epoch or a later one.
vote() {
  auth sentinel
  # shellcheck disable=SC2154 # lib.sh sets it
  printf '%s\n' "$auth" "SENTINEL IS-MASTER-DOWN-BY-ADDR $2 $SERVER_PORT $3 $4" |
    cli 1 -h "$1" -p "$SENTINEL_PORT" | tr '\n' ' '
}

# lead NODE: its Sentinel begins a failover, without an election; whether one is under way there now.
lead() {
  reply=$(sentinel "$1" "SENTINEL FAILOVER $PRIMARY_NAME")
  log "failover led by $1: ${reply:-no answer}"
  case $reply in OK* | *INPROG*) ;; *) return 1 ;; esac
}

# order: tells the Sentinel of another pod to promote a replica. That of this pod may be stopped half-way.
order() {
  for node in $OTHERS; do
    lead "$node" && return
  done
  return 1
}

# within SECONDS/10 COMMAND...: whether it becomes true.
within() {
  tries=$1
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return
    sleep 0.1
  done
}
