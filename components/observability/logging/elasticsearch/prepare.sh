#!/bin/sh
# Lays out Elasticsearch's configuration in a directory that it may write to: the image's own files, and ours over them. It
# creates its keystore there. May run again in the same pod.
set -eu

# The kubelet may still show the Secret of the time before.
second=0
until [ "$(cat /run/secrets/users/revision)" = "$USERS_REVISION" ]; do
  second=$((second + 1))
  if [ "$second" -gt 180 ]; then
    echo "After 3 minutes, the Secret of the users is not of revision $USERS_REVISION." >&2
    exit 1
  fi
  sleep 1
done

cp -Rf /usr/share/elasticsearch/config/. "$ES_PATH_CONF/"
cp -f /etc/elasticsearch/elasticsearch.yml /etc/elasticsearch/roles.yml "$ES_PATH_CONF/"
cp -f /etc/elasticsearch/memory.options "$ES_PATH_CONF/jvm.options.d/"
cp -f /run/secrets/users/users /run/secrets/users/users_roles "$ES_PATH_CONF/"
