#!/bin/bash
# Makes the platform's database what a dump holds, and nothing else. All in one transaction, which only the last line
# commits: ended at any moment before, or by any error, it leaves the database as it was.
set -euo pipefail
. "${0%/*}/login.sh"

# A login acts as the role that owns everything (`roles.sql`), so that what is restored is owned by that one again.
# What is not in the dump goes too: tables of a later version would be in the way of its migrations.
statements() {
  echo "BEGIN;"
  # A service that still works with the database would wait behind this, and everybody behind that.
  echo "SET LOCAL lock_timeout = '${LOCK_TIMEOUT:-1min}';"
  echo "DROP OWNED BY CURRENT_USER CASCADE;"
  pg_restore --no-owner --file=- "$DUMP_FILE" || return
  echo "COMMIT;"
}
statements | psql --no-psqlrc --no-password --quiet --output=/dev/null --set=ON_ERROR_STOP=1
echo "The database $PGDATABASE at $PGHOST was restored."
