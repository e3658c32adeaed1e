#!/bin/sh
# Keeps what is /etc/hosts for this pod's server and Sentinel. They look for names in their only thread, and stand still until a
# name server answers: here each name is at hand, with its last address while the name server is away. A pod that is gone gets
# an address of multicast, to which Linux refuses to connect, at once and without a packet.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
hosts=$ROOT/run/valkey/hosts
own=$(cat "$ROOT/etc/hosts")

# nowhere NODE: sets $nowhere to its address while it has none. Each has its own, by its pod's number; a Sentinel takes two nodes of one address for
# the same.
nowhere() {
  pod=${1%%.*}
  nowhere=$NOWHERE${pod##*-}
}

# look: sets $seen to a line for each other pod of which the name server says something. With no more programs than that takes: while
# pods are made again their nodes have little time for them.
look() {
  seen=''
  for node in $OTHERS; do
    nowhere "$node"
    answer=$(timeout 0.8 getent hosts "$node")
    case $? in
      0) line="found ${answer%% *} $node" ;;
      2) line="gone $nowhere $node" ;;
      *) continue ;;
    esac
    seen="$seen$line
"
  done
}

# keep SEEN: the file has what was seen of each, or what it had.
keep() {
  lines=$(
    for node in $OTHERS; do
      address=$(printf '%s\n' "$1" | sed -n "s/^[a-z]* \(.*\) $node\$/\1/p")
      [ -n "$address" ] || address=$(sed -n "s/^\(.*\) $node\$/\1/p" "$hosts" 2>/dev/null)
      nowhere "$node"
      echo "${address:-$nowhere} $node"
    done
  )
  # The same file: another one in its place is none that the other containers see.
  printf '%s\n%s\n' "$own" "$lines" >"$hosts"
}

last='' patience=50 doubts=2
# Made by the kubelet for a container that was started too early.
[ ! -d "$hosts" ] || rmdir "$hosts"
keep ''
while :; do
  look
  case $seen in
    # A primary that is deleted by force goes on a second longer than its name. Sentinels take another address for another primary: they would
    # tell the replicas of it, and lose the connections to them, when they need these most.
    *'gone '*'found '* | *'found '*'gone '*) [ $((doubts += 1)) -gt 2 ] || seen=$last ;;
    *'found '*) doubts=0 ;;
    *) seen=$last ;; # if it knows none of them, perhaps it knows nothing
  esac
  if [ "$seen" != "$last" ]; then
    keep "$seen"
    patience=50
    # shellcheck disable=SC2086 # on one line
    log $lines
  fi
  last=$seen
  # Who is gone is mostly back within seconds.
  case $seen in *'found '*'found '*) wait=1 ;; *) wait=0.1 ;; esac
  [ $((patience -= 1)) -gt 0 ] || wait=1
  sleep "${NAMES_SECONDS:-$wait}"
done
