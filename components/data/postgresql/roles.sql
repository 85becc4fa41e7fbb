-- Roles of the platform's database; safe to run again at any time.
--   :owner     owns everything and cannot log in
--   :login     acts as the owner; one for each password, so that two passwords are valid while readers change over
\set password `cat /run/secrets/postgresql/password`

BEGIN;

SELECT format('CREATE ROLE %I NOLOGIN', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec

SELECT format('CREATE ROLE %I', :'login')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec

ALTER ROLE :"login" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
GRANT :"owner" TO :"login";
ALTER ROLE :"login" SET role TO :'owner';
ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;

-- Logins older than the one before this are revoked.
SELECT format('DROP ROLE %I', member.rolname)
  FROM pg_roles AS member
  JOIN pg_auth_members AS membership ON membership.member = member.oid
  JOIN pg_roles AS owner ON owner.oid = membership.roleid AND owner.rolname = :'owner'
 WHERE member.rolname <> :'login'
 ORDER BY member.oid DESC
OFFSET 1 \gexec

COMMIT;
