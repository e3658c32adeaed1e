#!/bin/sh
# Ready: takes part in everything (PING fails while it loads, is busy or cannot write to its disk), and if it is a replica,
# its link is up and no sync is running.
. "${0%/*}/lib.sh"
state=$(ask probe PING ROLE)
case $state in
  PONG?master?*) ;;
  PONG?slave?*?connected?*) ;;
  *) echo "$state"; exit 1 ;;
esac
