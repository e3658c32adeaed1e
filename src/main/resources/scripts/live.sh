#!/bin/sh
# Any reply is a sign of life. No restart mends LOADING, BUSY, MASTERDOWN, or a full disk.
. "${0%/*}/lib.sh"
state=$(ask probe PING)
case $state in
  "$SILENCE") echo "$state" && exit 1 ;;
  WRONGPASS*)
    # Its users are older than its file, and reload.sh cannot mend that: a restart can, because it reads the file.
    hash=$(tr -d '\n' <"$ROOT/secrets/probe" | sha256sum)
    if grep -q "#${hash%% *}" "$ROOT/acl/users.acl"; then echo "users.acl is not in force" && exit 1; fi
    ;;
esac
