#!/bin/bash
# Makes volume, database and roles ready before the server starts. Safe to end at any moment and to run again.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

# The kubelet may still show the Secret of the time before.
for second in {1..180}; do
  [ "$(cat /run/secrets/accepted/revision)" = "$ACCEPTED_REVISION" ] && break
  [ "$second" -lt 180 ] || fail "After 3 minutes, the Secret is not of revision $ACCEPTED_REVISION."
  sleep 1
done
# By force: copies can only be read, like the Secret, and are still there when this runs again in its pod.
cp -f /run/secrets/accepted/username /run/secrets/accepted/password /run/secrets/accepted/monitoring-password \
  /run/server/

# Under another name until it is complete: what initdb has left behind must not pass for a database.
if [ ! -d "$PGDATA" ]; then
  rm -rf "$PGDATA.partial"
  initdb --pgdata="$PGDATA.partial" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=trust --auth-host=reject --no-instructions
  mv "$PGDATA.partial" "$PGDATA"
fi

# For this script alone: on the socket of this container, out of every client's reach.
pg_ctl start --pgdata="$PGDATA" --wait --timeout=3600 --silent \
  --options="-c config_file=/etc/postgresql/postgresql.conf -c listen_addresses=''"
trap 'pg_ctl stop --pgdata="$PGDATA" --mode=fast --wait --silent' EXIT

export PGUSER=postgres PGDATABASE=postgres
databases=$(psql --no-psqlrc --no-align --tuples-only \
  --command="SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
if ! grep -qxF -- "$DATABASE_NAME" <<<"$databases"; then
  [ -z "$databases" ] || fail "The server holds the database $databases, but is asked for $DATABASE_NAME. To keep \
its data, set databaseName back; to use the new name, rename the database first."
  createdb -- "$DATABASE_NAME"
fi

published=/run/secrets/published/username
PGDATABASE=$DATABASE_NAME PGOPTIONS='-c log_statement=none -c log_min_error_statement=panic' \
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=/etc/postgresql/roles.sql \
  --set=database="$DATABASE_NAME" --set=owner="$DATABASE_OWNER" --set=login="$(cat /run/server/username)" \
  --set=published="$(if [ -f "$published" ]; then cat "$published"; fi)"
