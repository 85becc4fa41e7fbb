#!/bin/bash
# Tells Elasticsearch where its snapshots go, and when to make and to delete them. Each is set whole, so that it may run any number
# of times; every node proves that it can write there.
set -euo pipefail
. /etc/elasticsearch-setup/request.sh

put() {
  echo "PUT $1" >&2
  request PUT "$1" --data-binary "@/etc/elasticsearch-setup/$2" >/dev/null
}

put "_snapshot/$REPOSITORY" snapshot-repository.json
put "_slm/policy/$REPOSITORY" snapshot-policy.json
