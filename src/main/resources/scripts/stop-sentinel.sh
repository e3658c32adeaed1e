#!/bin/sh
# Before the Sentinel is stopped: the server goes first, because it needs the Sentinels to hand over.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
# Nobody counts on this pod to replace a primary any more.
kill "$(cat "$ROOT/run/valkey/watcher")" 2>/dev/null
while answers 127.0.0.1; do sleep 0.5; done
