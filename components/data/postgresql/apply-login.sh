#!/bin/bash
# Runs inside the database's pod after each start (postStart). Makes the login of the mounted credential valid before
# the pod becomes ready; the login before it stays valid, so that readers can move over one by one.
set -euo pipefail

# The server that initdb starts for a moment does not listen on TCP: wait for the real one.
until pg_isready --quiet --host=127.0.0.1; do sleep 0.5; done

PGOPTIONS='-c log_statement=none -c log_min_error_statement=panic' \
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname="$POSTGRES_DB" \
  --set=database="$POSTGRES_DB" --set=owner="$DATABASE_OWNER" \
  --set=login="$(cat /run/secrets/postgresql/username)" \
  --file=/etc/postgresql/roles.sql
