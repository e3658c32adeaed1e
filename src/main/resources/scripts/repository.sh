# shellcheck shell=sh
# Sourced after backup-lib.sh by the scripts that use restic. The pod sets RESTIC_REPOSITORY, SOURCE (whose backups they are: the
# snapshots' host), and with S3 AWS_DEFAULT_REGION. Passwords are in files.
export TZ=UTC RESTIC_PASSWORD_FILE="$ROOT/repository-password/password" RESTIC_PROGRESS_FPS=0
export AWS_SHARED_CREDENTIALS_FILE="$ROOT/run/backup/credentials"
[ ! -s "$ROOT/s3-ca/ca.crt" ] || export RESTIC_CACERT="$ROOT/s3-ca/ca.crt"
if [ -d "$ROOT/s3" ]; then
  {
    echo '[default]'
    echo "aws_access_key_id = $(cat "$ROOT/s3/AWS_ACCESS_KEY_ID")"
    echo "aws_secret_access_key = $(cat "$ROOT/s3/AWS_SECRET_ACCESS_KEY")"
  } >"$AWS_SHARED_CREDENTIALS_FILE"
fi

# repository SECONDS ARGUMENT...: runs restic, for so long at most: with a wrong key it would try for a quarter of an hour. Its
# errors go to a file.
repository() {
  limit=$1
  shift
  timeout "$limit" restic --no-cache --retry-lock "${LOCK_WAIT:-5m}" "$@" 2>"$WORK/errors"
}

# explain STATUS: ends with what went wrong.
explain() {
  # Why it tried again, which it forgets when it is ended.
  said=$(sed -n 's/.*retrying after [^:]*: //p' "$WORK/errors" | tail -n 1)
  [ -n "$said" ] || said=$(grep -v '^$' "$WORK/errors" | tail -n 8)
  # shellcheck disable=SC2018,SC2019 # not every busybox knows classes of characters; ASCII is enough
  case $1:$(printf '%s' "$said" | tr A-Z a-z) in
    10:*) refuse RepositoryMissing "there is no repository at $RESTIC_REPOSITORY" ;;
    12:*) refuse WrongPassword "the password does not open the repository" ;;
    11:* | *'already locked'*) fail Locked "$said" ;;
    *'no space left'* | *'quota'* | *storagefull* | *'storage backend has reached'* | *'insufficient storage'*) fail TargetFull "$said" ;;
    *'bucket does not exist'* | *nosuchbucket* | *'bucket not found'*) refuse BucketMissing "$said" ;;
    *'access denied'* | *accessdenied* | *invalidaccesskeyid* | *signaturedoesnotmatch* | *'access key'* | *'signature'* | *': 403'* | *forbidden*)
      refuse WrongCredentials "$said"
      ;;
    *x509* | *certificate*) refuse UntrustedCertificate "$said" ;;
    *'ciphertext verification'* | *'does not match'* | *'invalid data'* | *corrupt* | *damaged* | *'contains errors'* | *'unexpected eof'*) refuse RepositoryDamaged "$said" ;;
    *'no such host'* | *refused* | *timeout* | *'no route'* | *unreachable* | *'connection reset'* | 124:* | 143:*) fail TargetUnreachable "$said" ;;
    *'permission denied'* | *'read-only'*) refuse TargetNotWritable "$said" ;;
    *) fail RepositoryFailed "$said" ;;
  esac
}

# open_repository: whether there is one (10: none). Ends if that cannot be known.
open_repository() {
  status=0
  repository "${OPEN_SECONDS:-60}" cat config --no-lock >/dev/null || status=$?
  case $status in
    0) ;;
    10) return 10 ;;
    *) explain "$status" ;;
  esac
}

# list: TIME ID of each snapshot, the oldest first.
list() {
  repository 300 snapshots --no-lock --json ${SOURCE:+--host "$SOURCE"} >"$WORK/snapshots" || explain $?
  sed 's/{"time":/\n&/g' "$WORK/snapshots" | sed -n 's/^{"time":"\([^"]*\)".*"short_id":"\([0-9a-f]*\)".*/\1 \2/p' | sort
}

# pick SNAPSHOT: sets snapshot to the ID of what latest, an ID or before:TIME means.
pick() {
  list >"$WORK/list" || exit
  case $1 in
    latest) snapshot=$(tail -n 1 "$WORK/list" | cut -d ' ' -f 2) ;;
    before:*) snapshot=$(awk -v time="${1#before:}" 'substr($1, 1, 19) <= substr(time, 1, 19) { id = $2 } END { print id }' "$WORK/list") ;;
    *) snapshot=$(cut -d ' ' -f 2 "$WORK/list" | grep -x "$(printf '%.8s' "$1")") ;;
  esac
  [ -n "$snapshot" ] ||
    refuse SnapshotMissing "there is no snapshot $1${SOURCE:+ of $SOURCE}; the newest are: $(tail -n 5 "$WORK/list" | tr '\n' ' ')"
}
