#!/bin/bash
# Dumps the platform's database to a file, with what pg_restore lists of it beside it. Safe to end at any moment: there is
# no such file before the dump is complete.
set -euo pipefail
. "${0%/*}/login.sh"

partial="$DUMP_FILE.partial"
# The platform has no large objects, and any login may make one that ours may not read: it would fail every dump. By its
# letter, as the option's name has changed: https://www.postgresql.org/docs/16/release-16.html
pg_dump --no-password -B --format=custom --file="$partial"

# All of it can be read, not only its head; nothing is written.
pg_restore --file=/dev/null "$partial"
pg_restore --list "$partial" >"$DUMP_FILE.contents"
mv "$partial" "$DUMP_FILE"
echo "The database $PGDATABASE at $PGHOST was dumped, and the dump can be read."
