#!/bin/sh
# Starts Redis with the password that is asked for, the one that readers are told to use, and the one before: readers
# may be anywhere between them. Redis takes several passwords for a user; only their digests are written.
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
cp -f /run/secrets/accepted/password /run/server/password

digest() {
  sha256sum "$1" | cut -d ' ' -f 1
}
current=$(digest /run/secrets/accepted/password)
published=""
[ ! -f /run/secrets/published/password ] || published=$(digest /run/secrets/published/password)

# In the order of their use, the latest first.
known=/data/passwords
{ echo "$current"; grep -vx "$current" "$known" 2>/dev/null || true; } | head -n 3 >"$known.new"
mv "$known.new" "$known"
previous=$(grep -vx -e "$current" -e "${published:-none}" "$known" | head -n 1 || true)

# Clients get every command but those that administer the server. Who reads its statistics gets those, and no key; it has
# one password.
passwords="#$current${published:+ #$published}${previous:+ #$previous}"
monitoring="#$(digest /run/secrets/accepted/monitoring-password)"
{
  echo "user default on $passwords ~* &* +@all -@admin"
  echo "user monitoring on $monitoring -@all +info +ping +client|setname +slowlog|len +latency|latest +latency|histogram"
} >/run/server/users.acl

exec redis-server /etc/redis/redis.conf
