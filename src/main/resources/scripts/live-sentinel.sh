#!/bin/sh
# Alive: answers.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
reply=$(sentinel 127.0.0.1 PING)
[ "$reply" = PONG ] || { echo "$reply" && exit 1; }
