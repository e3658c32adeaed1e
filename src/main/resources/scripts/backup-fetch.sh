#!/bin/sh
# Reads the snapshot that SNAPSHOT means from the repository, and nothing else.
. "${0%/*}/backup-lib.sh"
. "${0%/*}/repository.sh"
rm -rf "$WORK/dump.rdb" "$WORK/manifest.json"
open_repository || refuse RepositoryMissing "there is no repository at $RESTIC_REPOSITORY"
# shellcheck disable=SC2153 # set by the pod
pick "$SNAPSHOT"
# What it reads it authenticates; what it writes is held against the manifest by check_dump.
repository "${STORE_SECONDS:-7200}" restore --no-lock "$snapshot" --target "$WORK" >"$WORK/restore" || explain $?
echo "$snapshot" >"$WORK/snapshot"
report "{\"reason\":\"Fetched\",\"snapshot\":\"$snapshot\"}"
