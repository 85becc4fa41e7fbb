#!/bin/sh
# Starts Redis with the password of the mounted credential and the one before it, so that readers can move over one by
# one. Redis takes several passwords for a user; only their digests are written.
set -eu

known=/data/passwords
current=$(sha256sum /run/secrets/redis/password | cut -d ' ' -f 1)
previous=$(grep -v "^$current\$" "$known" 2>/dev/null | head -n 1 || true)
printf '%s\n%s\n' "$current" "$previous" >"$known.new"
mv "$known.new" "$known"

# Clients get every command but those that administer the server.
printf 'user default on #%s%s ~* &* +@all -@admin\n' "$current" "${previous:+ #$previous}" >/run/redis/users.acl

exec redis-server /etc/redis/redis.conf
