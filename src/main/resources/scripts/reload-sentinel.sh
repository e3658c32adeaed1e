#!/bin/sh
# shellcheck disable=SC2031 # of another port knows only refused(), a subshell on purpose
# Beside this pod's Sentinel: gives it sentinel.acl and its passwords again when they change.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
. "${0%/*}/apply.sh"
# shellcheck disable=SC2034 # apply.sh uses it
AS=sentinel PORT=$SENTINEL_PORT

# What gives it a password, for the servers and for the other Sentinels.
FOR_SERVERS="SENTINEL SET $PRIMARY_NAME auth-pass" FOR_SENTINELS='SENTINEL CONFIG SET sentinel-pass'

# Not before every server and every Sentinel knows it. For the servers first: who asks for the other one knows that both are new.
apply_password() {
  for node in $NODES; do
    if refused "$node" "$SERVER_PORT" sentinel || refused "$node" "$SENTINEL_PORT" sentinel; then
      waits password "$node does not know it" && return 1
    fi
  done
  question='SENTINEL CONFIG GET sentinel-pass' answer=$(printf '%s\n' sentinel-pass "$1")
  reply=$(ask sentinel "$question") && same "$reply" "$answer" && return
  reply=$(ask sentinel "$FOR_SERVERS $1")
  [ "$reply" = OK ] || { waits password "$reply" && return 1; }
  apply password "$question" "$answer" "$FOR_SENTINELS $1"
}

# busy: whether the Sentinel took a fifth of a core or more since it was last asked, twice in a row.
busy() {
  last=${used-}
  read -r stat <"/proc/$PPID/stat"
  # shellcheck disable=SC2086 # words
  set -- $stat
  used=$((${14} + ${15})) # hundredths of a second
  if [ -n "$last" ] && [ $((used - last)) -ge "${BUSY:-40}" ]; then looks=$((looks + 1)); else looks=0; fi
  [ "$looks" -ge 2 ] && looks=0
}

# reconnect: the Sentinel makes all its connections again. A network policy that refuses a new pod's first packets may leave Linux with an
# error that stays with the connection; the Sentinel is told of it without end, and turns in a circle.
reconnect() {
  log "the Sentinel is too busy and connects again: $(ask sentinel "$FOR_SERVERS $1"), $(ask sentinel "$FOR_SENTINELS $1")"
}

users='' password='' looks=0
while :; do
  sleep "${RELOAD_SECONDS:-2}"
  ! busy || [ -z "$password" ] || reconnect "$password"
  new=$(cat "$ROOT/acl/sentinel.acl") && [ "$new" != "$users" ] && apply sentinel.acl 'ACL LIST' "$new" 'ACL LOAD' && users=$new &&
    known=$(cat "$ROOT/secrets/sentinel")
  new=$(cat "$ROOT/secrets/sentinel") && [ "$new" != "$password" ] && apply_password "$new" && password=$new
done
