/** Servers of their own for the tests: started in about a second, unprivileged, gone with the process. */
export { type PostgresqlServer, startPostgresql } from "./postgresql-server.ts";
export { type RedisServer, startRedis } from "./redis-server.ts";
