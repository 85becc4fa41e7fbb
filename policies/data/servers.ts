/** Servers of data that rules know, by the last part of their images' names. */
export type Engine =
  | "postgres"
  | "mysql"
  | "mongodb"
  | "redis"
  | "elasticsearch"
  | "cassandra"
  | "rabbitmq"
  | "etcd"
  | "minio"
  | "other";

export const engines: ReadonlyMap<string, Engine> = new Map(
  Object.entries({
    postgres: "postgres",
    postgresql: "postgres",
    postgis: "postgres",
    pgvector: "postgres",
    timescaledb: "postgres",
    mysql: "mysql",
    "mysql-server": "mysql",
    mariadb: "mysql",
    percona: "mysql",
    "percona-server": "mysql",
    mongo: "mongodb",
    mongodb: "mongodb",
    "mongodb-community-server": "mongodb",
    redis: "redis",
    valkey: "redis",
    "redis-stack": "redis",
    "redis-stack-server": "redis",
    keydb: "redis",
    elasticsearch: "elasticsearch",
    opensearch: "elasticsearch",
    cassandra: "cassandra",
    scylla: "cassandra",
    rabbitmq: "rabbitmq",
    etcd: "etcd",
    minio: "minio",
    influxdb: "other",
    couchdb: "other",
    neo4j: "other",
    clickhouse: "other",
    "clickhouse-server": "other",
    cockroach: "other",
    mssql: "other",
    arangodb: "other",
    rethinkdb: "other",
    zookeeper: "other",
    vault: "other",
  } satisfies Record<string, Engine>),
);

/** Words in a command line that say which program of the image runs, and that it is the server. */
export const serverPrograms =
  /(?:^|[\s/"'])(?:postgres|docker-entrypoint\.sh|docker-ensure-initdb\.sh|mysqld(?:_safe)?|mariadbd(?:-safe)?|mongod|redis-server|valkey-server|keydb-server|redis-stack-server|etcd|minio|rabbitmq-server|cassandra|eswrapper|elasticsearch|run\.sh|start[\w-]*)(?=$|[\s"'])/;

/** Clients and tools in the same images. */
export const clientPrograms =
  /(?:^|[\s/"'])(?:psql|pg_dump(?:all)?|pg_restore|pg_isready|pg_basebackup|createdb|mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mongo|mongosh|mongodump|mongorestore|redis-cli|valkey-cli|etcdctl|mc|sleep|redis-sentinel)(?=$|[\s"';])/;
