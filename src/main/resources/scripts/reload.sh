#!/bin/sh
# shellcheck disable=SC2031 # of another port knows only refused(), a subshell on purpose
# Runs beside the server and gives it users.acl, live.conf, its certificate and its password for replication again when they
# change. What the server holds already is not touched; what it refuses is left until the file changes again; everything else
# is tried until it works. In a store of several nodes it has the names of the other pods kept.
. "${0%/*}/lib.sh"
. "${0%/*}/apply.sh"
# shellcheck disable=SC2034 # apply.sh uses it
AS=operator
trap 'exit 0' TERM INT # the first process of a container ignores signals that it does not handle
[ -z "${NODES-}" ] || /bin/sh "${0%/*}/names.sh" &

apply_users() {
  apply users.acl 'ACL LIST' "$1" 'ACL LOAD' || return
  list=$(ask operator 'ACL LIST') || return 0
  for hash in $(printf '%s\n' "$found" | grep '^user default ' | grep -o '#[0-9a-f]*'); do
    case $list in *"$hash"*) ;; *) expel && return ;; esac
  done
  return 0
}

# Whoever logged in with a password that is gone has to do it again: it is to fail now, not whenever it connects next.
expel() {
  # shellcheck disable=SC2154 # before is set by apply.sh
  echo "users.acl: a password of consumers is gone, connections closed: $(ask operator 'CLIENT KILL USER default')"
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

# Not before every node knows it.
apply_replication() {
  for node in ${NODES-}; do
    if refused "$node" "$PORT" replication; then waits 'password of replication' "$node does not know it" && return 1; fi
  done
  apply 'password of replication' 'CONFIG GET primaryauth' "$(printf '%s\n' primaryauth "$1")" "CONFIG SET primaryauth $1"
}

users='' settings='' certificate='' replication=''
while :; do
  sleep "${RELOAD_SECONDS:-2}" & # not in the foreground: only `wait` is cut short by a signal
  wait $!
  new=$(cat "$ROOT/acl/users.acl") && [ "$new" != "$users" ] && apply_users "$new" && users=$new &&
    known=$(cat "$ROOT/secrets/operator")
  new=$(cat "$ROOT/config/live.conf") && [ "$new" != "$settings" ] && apply_settings "$new" && settings=$new
  if [ -n "$TLS" ]; then
    new=$(cat "$ROOT/tls/tls.crt" "$ROOT/tls/ca.crt") && [ "$new" != "$certificate" ] && apply_certificate && certificate=$new
  fi
  new=$(cat "$ROOT/secrets/replication") && [ "$new" != "$replication" ] && apply_replication "$new" && replication=$new
done
