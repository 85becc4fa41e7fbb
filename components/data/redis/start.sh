#!/bin/sh
# Starts Redis with two passwords: the one that is asked for, and the one that readers may still use. Only digests of them
# are written to the volume.
set -eu

# The kubelet may still show the Secret of the time before.
second=0
until [ "$(cat /run/secrets/accepted/revision)" = "$ACCEPTED_REVISION" ]; do
  second=$((second + 1))
  if [ "$second" -gt 180 ]; then
    echo "After 3 minutes, the Secret is not of revision $ACCEPTED_REVISION." >&2
    exit 1
  fi
  sleep 1
done
# By force: a copy can only be read, like the Secret, and is still there when the container starts again in its pod.
cp -f /run/secrets/accepted/password /run/server/password

digest() {
  sha256sum "$1" | cut -d ' ' -f 1
}
current=$(digest /run/secrets/accepted/password)
published=""
[ ! -f /run/secrets/published/password ] || published=$(digest /run/secrets/published/password)

# Readers use the published password until the one that is asked for is published; for a while after that, some still use
# the one before, which is the other one of the last start.
known=/data/passwords
previous=$published
if [ -z "$published" ] || [ "$published" = "$current" ]; then
  previous=$(grep -vx "$current" "$known" 2>/dev/null | head -n 1 || true)
fi
printf '%s\n' "$current" $previous >"$known.new"
mv "$known.new" "$known"

# Clients get every command but those that administer the server. Who reads its statistics gets those, and no key; it has
# one password.
passwords="#$current${previous:+ #$previous}"
monitoring="#$(digest /run/secrets/accepted/monitoring-password)"
{
  echo "user default on $passwords ~* &* +@all -@admin"
  echo "user monitoring on $monitoring -@all +info +ping +client|setname +slowlog|len +latency|latest +latency|histogram"
} >/run/server/users.acl

exec redis-server /etc/redis/redis.conf
