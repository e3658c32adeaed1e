#!/bin/sh
# Runs beside the server and gives it users.acl, live.conf and its certificate again when they change. What the server holds already is not
# touched; what it refuses is left until the file changes again; everything else is tried until it works.
. "${0%/*}/lib.sh"
trap 'exit 0' TERM INT # the first process of a container ignores signals that it does not handle
obstacle='' known='' before=''

# apply WHAT QUESTION ANSWER COMMAND: the server gets COMMAND unless ANSWER is what it says to QUESTION already. False if
# it has to be tried again.
apply() {
  if reply=$(ask operator "$2"); then
    same "$reply" "$3" && return
    if reply=$(ask operator "$4"); then
      case $reply in
        OK) echo "$1: applied" && obstacle='' before='' && return ;;
        ERR*) echo "$1: refused, nothing changed: $reply" && obstacle='' && return ;;
      esac
    fi
  fi
  [ "$reply" = "$obstacle" ] || echo "$1: waiting: $reply"
  obstacle=$reply
  case $reply in
    # Until the server has its new users it knows the operator by the password of before: tried in turn with the new one.
    WRONGPASS*) if [ -n "$before" ]; then before=''; else before=$known; fi ;;
  esac
  return 1
}

# same REPLY TEXT: whatever the order; Valkey 8.1 prints a default that later ones do not.
same() {
  [ "$(printf '%s\n' "$1" | sed 's/ sanitize-payload//' | sort)" = "$(printf '%s\n' "$2" | sort)" ]
}

apply_users() {
  apply users.acl 'ACL LIST' "$1" 'ACL LOAD'
}

apply_settings() {
  while read -r name value; do
    apply "$name $value" "CONFIG GET $name" "$(printf '%s\n' "$name" "$value")" "CONFIG SET $name \"$value\"" || return
  done <<END
$1
END
}

# The same names again: the server reads the files again.
apply_certificate() {
  apply certificate PING '' "CONFIG SET tls-cert-file $ROOT/tls/tls.crt tls-key-file $ROOT/tls/tls.key tls-ca-cert-file $ROOT/tls/ca.crt"
}

users='' settings='' certificate=''
while :; do
  new=$(cat "$ROOT/acl/users.acl") && [ "$new" != "$users" ] && apply_users "$new" && users=$new &&
    known=$(cat "$ROOT/secrets/operator")
  new=$(cat "$ROOT/config/live.conf") && [ "$new" != "$settings" ] && apply_settings "$new" && settings=$new
  if [ -n "$TLS" ]; then
    new=$(cat "$ROOT/tls/tls.crt" "$ROOT/tls/ca.crt") && [ "$new" != "$certificate" ] && apply_certificate && certificate=$new
  fi
  sleep "${RELOAD_SECONDS:-2}" & # not in the foreground: only `wait` is cut short by a signal
  wait $!
done
