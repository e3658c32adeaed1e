# shellcheck shell=sh
# Sourced by the scripts of backups and restores. Only tests set ROOT and MESSAGE.
ROOT=${ROOT-}
WORK=$ROOT/work
# Where a data set lies that was fetched. A restore has it on the store's own volume from the start, so that nobody has to copy it.
INTO=$ROOT${INTO:-/work}
MESSAGE=${MESSAGE:-/dev/termination-log}
umask 077

# field NAME FILE: a value of a JSON object of one level.
field() {
  sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$2" 2>/dev/null | head -n 1
}

# report JSON: how this container ended, for the status. It is what remains of a run.
report() {
  printf '%s\n' "$1" | tee "$MESSAGE"
}

# plain (not every busybox knows classes of characters): standard input as the inside of a JSON string, its end of at most 400 characters.
plain() {
  tr '\011\012\015' '   ' | tr -d '\042\134' | tr -cd '\040-\176' | tr -s ' ' | tail -c 400
}

# fail REASON TEXT, refuse REASON TEXT: ends; after the second one another try would end the same.
fail() {
  report "{\"reason\":\"$1\",\"message\":\"$(printf '%s' "$2" | plain)\"}"
  exit "${3:-1}"
}
refuse() { fail "$1" "$2" 3; }

# older A B: whether version A is older than B, by their first two numbers.
older() {
  [ "$(printf '%s\n' "${1%.*}" "${2%.*}" | sort -t . -k 1,1n -k 2,2n | head -n 1)" != "${2%.*}" ]
}

# held: what the store's volume holds already, if it has more than what a restore leaves there.
held() {
  find "$ROOT/data" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name restoring ! -name restored.json 2>/dev/null | head -n 3 | tr '\n' ' '
}

# check_dump: whether the data set that was fetched is what its manifest says, and whether this Valkey can read it. restic has held
# each piece against its SHA-256; what became of them is held against the checksum at the data set's end, in a quarter of the time.
check_dump() {
  dump=$INTO/dump.rdb manifest=$WORK/manifest.json
  for file in "$dump" "$manifest"; do
    [ -s "$file" ] || refuse SnapshotIncomplete "the snapshot has no ${file##*/}"
  done
  mine=$(valkey-server --version | sed -n 's/.* v=\([0-9.]*\).*/\1/p')
  theirs=$(field valkey "$manifest")
  ! older "$mine" "$theirs" ||
    refuse NewerVersion "the snapshot is of Valkey $theirs, which Valkey $mine cannot read: set spec.version to ${theirs%.*} or newer"
  valkey-check-rdb "$dump" >"$WORK/check" 2>&1 || refuse SnapshotDamaged "valkey-check-rdb: $(tail -n 3 "$WORK/check")"
  # A server whose rdbchecksum is off writes none.
  grep -q 'Checksum OK' "$WORK/check" || [ "$(sha256sum "$dump" | cut -d ' ' -f 1)" = "$(field sha256 "$manifest")" ] ||
    refuse SnapshotDamaged "dump.rdb is not the file that was stored"
  keys=$(checked 'keys read')
  [ "$keys" = "$(field keys "$manifest")" ] || refuse SnapshotDamaged "dump.rdb has $keys keys and not the $(field keys "$manifest") of its manifest"
}

# checked WHAT: what valkey-check-rdb counted.
checked() {
  sed -n "s/^\[info\] \([0-9]*\) $1.*/\1/p" "$WORK/check"
}

# as_log DIRECTORY: makes the data set the base of an append-only log there, which is what Valkey starts with. A log without
# a base would win over a dump.rdb beside it. The only command after the base tells this log from an empty server's.
as_log() {
  mkdir -p "$1" || return
  mv "$INTO/dump.rdb" "$1/appendonly.aof.1.base.rdb" || return
  # shellcheck disable=SC2016 # no expression
  printf '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n' >"$1/appendonly.aof.1.incr.aof" || return
  printf 'file %s seq 1 type %s\n' appendonly.aof.1.base.rdb b appendonly.aof.1.incr.aof i >"$1/appendonly.aof.manifest" || return
}
