#!/bin/bash
# Gives Elasticsearch its policies and templates. Each is set whole, so that it may run any number of times.
set -euo pipefail

secrets=/run/secrets/elasticsearch
url=$(cat $secrets/url)

# The login reaches curl by a pipe, and stands in no list of processes.
login() {
  printf 'user = "%s:%s"\n' "$(cat $secrets/username)" "$(sed 's/["\\]/\\&/g' $secrets/password)"
}

request() {
  local method=$1 path=$2
  shift 2
  echo "$method $path" >&2
  curl --silent --show-error --config <(login) --cacert $secrets/ca.crt --max-time 30 --retry 10 \
    --retry-connrefused --request "$method" --header 'Content-Type: application/json' "$@" "$url/$path"
}

put() {
  request PUT "$1" --fail-with-body --data-binary "@/etc/elasticsearch-setup/$2" >/dev/null
}

put "_ilm/policy/$LOGS_POLICY" logs-policy.json
put "_ilm/policy/$TRACES_POLICY" traces-policy.json
put "_index_template/$LOGS_POLICY" logs-template.json

# A template is for indices that are made after it: where there are logs already, the next one is the first of a new index.
status=$(request GET "_data_stream/$LOG_STREAM" --output /dev/null --write-out '%{http_code}')
case $status in
  200) request POST "$LOG_STREAM/_rollover?lazy=true" --fail-with-body >/dev/null ;;
  404) ;;
  *)
    echo "Elasticsearch answers $status when it is asked for the data stream $LOG_STREAM." >&2
    exit 1
    ;;
esac
