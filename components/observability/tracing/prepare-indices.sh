# Makes the index templates of Jaeger, and the first indices with the aliases that it reads and writes through, unless these
# are there. From then on Elasticsearch begins new indices and deletes old ones by itself, as the lifecycle policy says.
#
# Arguments: directory of the login of Elasticsearch; name of the lifecycle policy, which is there.
set -eu

ES_USERNAME="$(cat "$1/username")"
ES_PASSWORD="$(cat "$1/password")"
export ES_USERNAME ES_PASSWORD

# Elasticsearch is one node: a second copy of a shard would have no place.
PATH="$PATH:/go/bin" exec es-rollover init "$(cat "$1/url")" \
  --es.tls.enabled --es.tls.ca="$1/ca.crt" \
  --es.use-ilm --es.ilm-policy-name="$2" \
  --shards=1 --replicas=0 \
  --skip-dependencies
