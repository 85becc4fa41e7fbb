#!/bin/sh
# Waits for the key pair that the server was started for, then becomes the command that it is given. The kubelet may still
# show the Secret of the time before, and no server reads it again.
set -eu

second=0
until [ "$(cat "$ACCEPTED/revision")" = "$ACCEPTED_REVISION" ]; do
  if [ "$second" -ge 180 ]; then
    echo "After 3 minutes, the Secret is not of revision $ACCEPTED_REVISION." >&2
    exit 1
  fi
  second=$((second + 1))
  sleep 1
done
exec "$@"
