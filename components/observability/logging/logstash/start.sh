#!/bin/bash
# Starts Logstash with the login in its environment, the one place besides a keystore of its own that a pipeline can take it
# from. It is in no list of processes, and whoever may read the environment may read the files.
set -euo pipefail

secrets=/run/secrets/elasticsearch
ELASTICSEARCH_URL=$(cat $secrets/url)
ELASTICSEARCH_USERNAME=$(cat $secrets/username)
ELASTICSEARCH_PASSWORD=$(cat $secrets/password)
export ELASTICSEARCH_URL ELASTICSEARCH_USERNAME ELASTICSEARCH_PASSWORD

exec /usr/share/logstash/bin/logstash --path.settings /etc/logstash
