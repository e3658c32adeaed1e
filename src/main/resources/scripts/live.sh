#!/bin/sh
# Any reply is a sign of life. No restart mends LOADING, BUSY, MASTERDOWN, a full disk, or a password that is not the server's.
. "${0%/*}/lib.sh"
state=$(ask probe PING)
[ "$state" != "$SILENCE" ] || { echo "$state"; exit 1; }
