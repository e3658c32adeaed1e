#!/bin/sh
# Becomes the server, so that signals reach it.
. "${0%/*}/lib.sh"
trap 'exit 0' TERM INT
umask 077
claim
rm -f "$ROOT"/data/temp-* # left by a server that was killed while it rewrote its files
# Freed memory goes back at once: kept for the usual 10 s it can cost as much again, which the pod's limit does not have.
# jemalloc reads the first, the one that is built into Valkey's own images the second.
export MALLOC_CONF=dirty_decay_ms:0,muzzy_decay_ms:0
export JE_MALLOC_CONF="$MALLOC_CONF"
read -r password <"$ROOT/secrets/replication"
# Of no use to a server that is alone, but that it tells which passwords its pod has (rotation.sh).
exec valkey-server "$ROOT/config/valkey.conf" - <<END
primaryauth $password
END
