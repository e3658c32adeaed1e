# shellcheck shell=sh
# Sourced by the other scripts. Only tests set ROOT and PORT.
ROOT=${ROOT-}
PORT=${PORT:-6379}
TLS=''
[ ! -r "$ROOT/tls/ca.crt" ] || TLS="--tls --cacert $ROOT/tls/ca.crt"
SILENCE="no answer on port $PORT within 3 s"

# claim: waits until nobody else uses the volume. A pod that is deleted by force goes on for seconds beside the new one of its name, and
# no server is to read what another still writes. False if this kind of volume cannot be locked.
claim() {
  exec 9<"$ROOT/data" # as long as any process has it, the server too
  flock -n 9 && return
  echo 'the volume is in use or cannot be locked: waiting until it is free'
  flock 9 & # not in the foreground: only `wait` is cut short by a signal
  wait $!
}

# auth USER: sets $auth to the command that logs USER in, with $before with that password instead of the file's.
# It goes over standard input: arguments and environment of a process are there to read in /proc.
auth() {
  auth=${before-}
  [ -n "$auth" ] || read -r auth <"$ROOT/secrets/$1" || :
  auth="AUTH $1 $auth"
}

# ask USER COMMAND...: what the server replies to USER, or why it did not let USER in (then the result is false).
# With $HOST it asks elsewhere, with $WHERE where that says; with $LIMIT it waits that many seconds.
ask() {
  auth "$1"
  shift
  replies=$(
    exec 2>/dev/null # valkey-cli, and busybox's shell when it sees the timeout
    # shellcheck disable=SC2086 # several words
    printf '%s\n' "$auth" "$@" | timeout "${LIMIT:-3}" valkey-cli ${WHERE:-$TLS -h ${HOST:-127.0.0.1} -p $PORT}
  )
  case $replies in
    OK?*) printf '%s\n' "${replies#OK?}" ;;
    *) printf '%s\n' "${replies:-$SILENCE}" && return 1 ;;
  esac
}
