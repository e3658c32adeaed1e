#!/bin/sh
# Becomes the Sentinel of this pod. Its settings are the package's each time; what it knows (epochs, peers, the primary) is
# kept on the volume.
. "${0%/*}/lib.sh"
. "${0%/*}/cluster.sh"
trap 'exit 0' TERM INT
umask 077
state=$ROOT/data/sentinel
conf=$state/sentinel.conf
mkdir -p "$state"
primary='' knowledge=''
if [ -s "$conf" ]; then
  primary=$(sed -n "s/^sentinel monitor $PRIMARY_NAME \([^ ]*\) .*/\1/p" "$conf")
  knowledge=$(grep -E "^sentinel (myid|current-epoch|(config-epoch|leader-epoch|known-replica|known-sentinel) $PRIMARY_NAME) " "$conf")
fi
for _ in 1 2 3; do # without knowledge of its own: another Sentinel's
  [ -z "$primary" ] || break
  for node in $OTHERS; do
    primary=$(known_primary "$node")
    [ -z "$primary" ] || break 2
  done
  sleep 1
done
# Nobody knows: the first pod.
primary=${primary:-${NODES%% *}}
read -r password <"$ROOT/secrets/sentinel"
{
  sed "s|@PRIMARY@|$primary|" "$ROOT/config/sentinel.conf"
  echo "dir $state"
  echo "sentinel announce-ip $SELF"
  echo "sentinel sentinel-pass $password"
  echo "sentinel auth-pass $PRIMARY_NAME $password"
  printf '%s\n' "$knowledge"
} >"$conf.new"
mv "$conf.new" "$conf"
log "watching $primary"
/bin/sh "${0%/*}/hasten.sh" &
/bin/sh "${0%/*}/watch-server.sh" &
/bin/sh "${0%/*}/reload-sentinel.sh" &
[ -z "$TLS" ] || /bin/sh "${0%/*}/renew-sentinel.sh" &
trap - TERM INT
exec valkey-sentinel "$conf"
