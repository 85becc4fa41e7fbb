#!/bin/bash
# Waits until every node accepts the users as they are now. Each node reads them by itself, some later than others; the name of
# this login is of their revision, so that a node that takes it has read them all.
set -euo pipefail
. /etc/elasticsearch-setup/request.sh

host=$(cat $secrets/host)

accepted_everywhere() {
  local addresses address
  addresses=$(getent ahosts "$NODES_SERVICE.${host#*.}" | awk '{ print $1 }' | sort -u) || return 1
  [ "$(wc -l <<<"$addresses")" -ge "$NODES" ] || return 1
  for address in $addresses; do
    case $address in *:*) address="[$address]" ;; esac
    request GET _security/_authenticate --connect-to "::$address:" --output /dev/null || return 1
  done
}

attempt=0
until accepted_everywhere; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge "${ATTEMPTS:-60}" ]; then
    echo "Not all of the $NODES nodes accept the users of $(cat $secrets/username) in time: look at the operator's log." >&2
    exit 1
  fi
  sleep "${PAUSE:-10}"
done
