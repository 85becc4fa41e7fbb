#!/bin/bash
# Gives an Elasticsearch of somebody else the roles and users of the platform, and takes the users away that it made for logins that are
# accepted no more.
set -euo pipefail
. /etc/elasticsearch-setup/request.sh

users=/run/secrets/users

for file in /etc/elasticsearch-setup/role-*.json; do
  role=$(basename "$file" .json)
  echo "PUT role ${role#role-}" >&2
  request PUT "_security/role/${role#role-}" --data-binary "@$file" >/dev/null
done

for file in "$users"/*; do
  echo "PUT user $(basename "$file")" >&2
  request PUT "_security/user/$(basename "$file")" --data-binary "@$file" >/dev/null
done

# {"NAME":{"metadata":{"platform":"STACK"}},...}: those of this stack alone.
request GET '_security/user?filter_path=*.metadata.platform' |
  { grep -o "\"[^\"]*\":{\"metadata\":{\"platform\":\"$PLATFORM\"}}" || true; } | cut -d '"' -f 2 |
  while read -r user; do
    [ -e "$users/$user" ] || {
      echo "DELETE user $user" >&2
      request DELETE "_security/user/$user" >/dev/null
    }
  done
