# Requests to Elasticsearch, for scripts that read this file.

secrets=/run/secrets/elasticsearch
url=$(cat $secrets/url)

# The login reaches curl by a pipe, and stands in no list of processes.
login() {
  printf 'user = "%s:%s"\n' "$(cat $secrets/username)" "$(sed 's/["\\]/\\&/g' $secrets/password)"
}

# request METHOD PATH [CURL_OPTION...]
request() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --config <(login) --cacert $secrets/ca.crt --max-time 60 \
    --request "$method" --header 'Content-Type: application/json' "$@" "$url/$path"
}
