#!/bin/sh
# Starts versitygw. It takes its key pair from its environment alone; pods here have secrets as files.
set -eu

# A folder of its own: whatever else the volume holds, such as lost+found, would pass for a bucket.
mkdir -p "$DATA/buckets"

ROOT_ACCESS_KEY_ID=$(cat "$ACCEPTED/access-key-id")
ROOT_SECRET_ACCESS_KEY=$(cat "$ACCEPTED/secret-access-key")
export ROOT_ACCESS_KEY_ID ROOT_SECRET_ACCESS_KEY
exec versitygw posix "$DATA/buckets"
