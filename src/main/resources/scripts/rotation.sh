#!/bin/sh
# shellcheck disable=SC2031 # of another port knows only at(), a subshell on purpose
# Sees whether a step of a rotation is done at every server, every Sentinel and every proxy. STEP is Adding (all accept the new
# passwords), Switching (all use them) or Removing (no other is accepted); MARK is what the Secret says if it is the latest.
# /secrets has the new passwords, /secrets/old those before, as far as they are known.
. "${0%/*}/lib.sh"
SENTINEL_PORT=${SENTINEL_PORT:-26379} PROXY_PORT=${PROXY_PORT:-8405}

# at NODE PORT USER COMMAND: the reply.
at() (
  # shellcheck disable=SC2030,SC2034 # lib.sh uses them
  HOST=$1 PORT=$2 LIMIT=2
  ask "$3" "$4"
)
knows() { # NODE PORT USER...
  server=$1 port=$2
  shift 2
  for user in "$@"; do
    reply=$(at "$server" "$port" "$user" PING) || echo "$server:$port does not accept the new password of $user: $reply"
  done
}
uses() { # NODE PORT USER QUESTION PASSWORD
  used=$(at "$1" "$2" "$3" "$4" | sed 1d)
  [ -n "$used" ] && [ "$used" = "$(cat "$ROOT/secrets/$5")" ] || echo "$1:$2 does not use the new password of $5 yet"
}
forgot() { # NODE PORT USER
  list=$(at "$1" "$2" "$3" 'ACL LIST') || echo "$1:$2: $list"
  ! printf '%s\n' "$list" | grep -q '#.*#' || echo "$1:$2 has two passwords for a user"
  for file in "$ROOT"/secrets/old/*; do
    [ -r "$file" ] || continue
    before=$(cat "$file")
    ! at "$1" "$2" "${file##*/}" PING >/dev/null || echo "$1:$2 still accepts the old password of ${file##*/}"
    before=''
  done
}
proxies() {
  wanted=$(tr -d '\n' <"$ROOT/secrets/probe" | sha256sum)
  addresses=$(getent ahosts "$PROXIES" | cut -d ' ' -f 1 | sort -u)
  [ -n "$addresses" ] || echo "no proxy at $PROXIES"
  for address in $addresses; do
    used=$(echo PING | timeout 2 valkey-cli -h "$address" -p "$PROXY_PORT" 2>/dev/null | tr A-F a-f)
    [ "$used" = "${wanted%% *}" ] || echo "proxy $address does not use the new password yet"
  done
}

# left: what is left to do; nothing if the step is done.
left() {
  [ "$(cat "$ROOT/secrets/rotation")" = "$MARK" ] || { echo 'the Secret is not the latest' && return; }
  for node in $NODES; do
    # shellcheck disable=SC2086 # words
    knows "$node" "$PORT" $USERS
    [ -z "${SENTINELS-}" ] || knows "$node" "$SENTINEL_PORT" default probe sentinel
    case $STEP in
      Switching)
        uses "$node" "$PORT" operator 'CONFIG GET primaryauth' replication
        [ -z "${SENTINELS-}" ] || uses "$node" "$SENTINEL_PORT" sentinel 'SENTINEL CONFIG GET sentinel-pass' sentinel
        ;;
      Removing)
        forgot "$node" "$PORT" operator
        [ -z "${SENTINELS-}" ] || forgot "$node" "$SENTINEL_PORT" sentinel
        ;;
    esac
  done
  [ "$STEP" != Switching ] || [ -z "${PROXIES-}" ] || proxies
}

said='' tries=${TRIES:-100}
while obstacle=$(left) && [ -n "$obstacle" ]; do
  [ "$obstacle" = "$said" ] || printf '%s\n' "$obstacle"
  said=$obstacle tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { printf '%s\n' "$said" && exit 1; }
  sleep "${RETRY_SECONDS:-3}"
done
echo "$STEP: done"
