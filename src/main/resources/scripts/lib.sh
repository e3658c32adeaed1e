# shellcheck shell=sh
# Sourced by the other scripts. Only tests set ROOT and PORT.
ROOT=${ROOT-}
PORT=${PORT:-6379}
TLS=''
[ ! -r "$ROOT/tls/ca.crt" ] || TLS="--tls --cacert $ROOT/tls/ca.crt"
SILENCE="no answer on port $PORT within 3 s"

# ask USER COMMAND...: what the server replies to USER, or why it did not let USER in (then the result is false).
# With $before it logs in with that password instead of the file's; with $HOST elsewhere; with $LIMIT it waits that many seconds.
# The password goes over standard input: arguments and environment of a process are there to read in /proc.
ask() {
  user=$1 password=${before-}
  shift
  [ -n "$password" ] || read -r password <"$ROOT/secrets/$user" || :
  replies=$(
    exec 2>/dev/null # valkey-cli, and busybox's shell when it sees the timeout
    # shellcheck disable=SC2086 # several words
    { printf 'AUTH %s %s\n' "$user" "$password" && printf '%s\n' "$@"; } | timeout "${LIMIT:-3}" valkey-cli $TLS -h "${HOST:-127.0.0.1}" -p "$PORT"
  )
  case $replies in
    OK?*) printf '%s\n' "${replies#OK?}" ;;
    *) printf '%s\n' "${replies:-$SILENCE}" && return 1 ;;
  esac
}
