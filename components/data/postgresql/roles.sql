-- Roles of the platform's database. Safe to run again at any time.
--   :owner      owns everything and cannot log in
--   :login      acts as the owner; each password has a login of its own, so that several are valid at a time
--   :published  the login that readers are told to use at this moment, if any
--   monitoring  reads the server's statistics, and no table; it has one password
-- A login is known by its comment, which says since when it is in use; other members of the owner are left alone.
\set password `cat /run/server/password`
\set monitoring_password `cat /run/server/monitoring-password`

BEGIN;

CREATE TEMPORARY VIEW logins AS
SELECT rolname, shobj_description(oid, 'pg_authid') AS since
  FROM pg_roles
 WHERE shobj_description(oid, 'pg_authid') LIKE 'login of the platform since %';

-- The owner, under its present name.
SELECT pg_get_userbyid(datdba) AS former FROM pg_database WHERE datname = :'database' \gset

SELECT format('ALTER ROLE %I RENAME TO %I', :'former', :'owner')
 WHERE :'former' NOT IN ('postgres', :'owner')
   AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec

SELECT format('CREATE ROLE %I', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec

ALTER ROLE :"owner" NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD NULL;
ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;

-- The login that is asked for.
SELECT format('CREATE ROLE %I', :'login')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec

ALTER ROLE :"login" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';

SELECT format('COMMENT ON ROLE %I IS %L', :'login',
              to_char(clock_timestamp() AT TIME ZONE 'UTC', '"login of the platform since "YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
 WHERE :'login' IS DISTINCT FROM (SELECT rolname FROM logins ORDER BY since DESC LIMIT 1) \gexec

SELECT format('GRANT %I TO %I', :'owner', rolname), format('ALTER ROLE %I SET role TO %L', rolname, :'owner')
  FROM logins \gexec

-- Readers use the published login until the one that is asked for is published; for a while after that, some still use
-- the one before. No other login stays valid.
SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', rolname), format('COMMENT ON ROLE %I IS NULL', rolname)
  FROM logins
 WHERE rolname NOT IN (:'login', :'published')
 ORDER BY since DESC
OFFSET CASE WHEN :'published' IN ('', :'login') THEN 1 ELSE 0 END \gexec

-- Who reads statistics has no rights on data, and few connections. Its other limits are defaults, which a session can
-- lift; and like everybody it may store large objects, which dumps leave out.
SELECT 'CREATE ROLE monitoring'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitoring') \gexec

ALTER ROLE monitoring LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT 10 PASSWORD :'monitoring_password';
ALTER ROLE monitoring SET default_transaction_read_only TO on;
ALTER ROLE monitoring SET statement_timeout TO '10s';
ALTER ROLE monitoring SET idle_in_transaction_session_timeout TO '10s';
GRANT pg_monitor TO monitoring;
GRANT CONNECT ON DATABASE :"database" TO monitoring;

COMMIT;
