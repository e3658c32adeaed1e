#!/bin/sh
# A sign of life, waited for: the kubelet looks at once, when no server can answer yet, and again only a second later.
live=${0%/*}/live.sh
# shellcheck disable=SC2016 # for the inner shell
timeout 2 sh -c 'until sh "$0" >/dev/null; do sleep 0.2; done' "$live" || sh "$live"
