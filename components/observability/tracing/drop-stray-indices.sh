#!/bin/bash
# Deletes the indices that prepare-indices.sh makes too much. It takes it that there are none unless the first is there, which
# the lifecycle policy deletes in time. One that is made then is empty, and not written to, which the policy cannot handle.
#
# Argument: directory of the login of Elasticsearch.
set -euo pipefail

directory=$1

# The login reaches curl by a pipe, and stands in no list of processes.
login() {
  printf 'user = "%s:%s"\n' "$(cat "$directory/username")" "$(sed 's/["\\]/\\&/g' "$directory/password")"
}

request() {
  curl --silent --show-error --fail-with-body --config <(login) --cacert "$directory/ca.crt" --max-time 30 \
    --request "$1" "$(cat "$directory/url")/$2"
}

for kind in span service; do
  first=jaeger-$kind-000001
  written=$(request GET "_alias/jaeger-$kind-write?filter_path=$first")
  documents=$(request GET "$first/_count?ignore_unavailable=true&filter_path=count")
  if [ "$written" = "{}" ] && [ "$documents" = '{"count":0}' ]; then
    request DELETE "$first?ignore_unavailable=true"
  fi
done
