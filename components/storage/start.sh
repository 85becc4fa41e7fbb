#!/bin/sh
# Starts the server. It takes its key pair from its environment alone; pods here have secrets as files.
set -eu

fail() {
  echo "$1" >&2
  exit 1
}

# The kubelet may still show the Secret of the time before.
second=0
until [ "$(cat "$ACCEPTED/revision")" = "$ACCEPTED_REVISION" ]; do
  [ "$second" -lt 180 ] || fail "After 3 minutes, the Secret is not of revision $ACCEPTED_REVISION."
  second=$((second + 1))
  sleep 1
done

# A folder of its own: whatever else the volume holds, such as lost+found, would pass for a bucket.
mkdir -p "$DATA/buckets"

ROOT_ACCESS_KEY_ID=$(cat "$ACCEPTED/access-key-id")
ROOT_SECRET_ACCESS_KEY=$(cat "$ACCEPTED/secret-access-key")
export ROOT_ACCESS_KEY_ID ROOT_SECRET_ACCESS_KEY
exec versitygw posix "$DATA/buckets"
