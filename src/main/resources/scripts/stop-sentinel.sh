#!/bin/sh
# Before the Sentinel is stopped: the server goes first, because it needs the Sentinels to hand over.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
while answers 127.0.0.1; do sleep 0.2; done
