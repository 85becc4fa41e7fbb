# Lets programs of PostgreSQL log in for the rest of the script: with a password file, which goes when the script ends.
umask 077
export PGHOST="$DATABASE_HOST" PGPORT="$DATABASE_PORT" PGDATABASE="$DATABASE_NAME" PGCONNECT_TIMEOUT=10
PGUSER=$(cat "$DATABASE_USER_FILE")
export PGUSER

# https://www.postgresql.org/docs/17/libpq-pgpass.html
password=$(cat "$DATABASE_PASSWORD_FILE")
password=${password//\\/\\\\}
trap 'rm -f "$PGPASSFILE"' EXIT
printf '*:*:*:*:%s\n' "${password//:/\\:}" >"$PGPASSFILE"
