/** Where a server's image reads its configuration, if nobody tells it otherwise. */
interface ServerFile {
  /** Last part of the image's name. */
  readonly images: readonly string[];
  /** Name of the configuration file. */
  readonly file: RegExp;
  /** Folders, or files, that the image reads by itself. */
  readonly read: readonly string[];
  /** How to tell the server another place. */
  readonly tell: string;
  /** Documentation of the image. */
  readonly source: string;
}

export const filesOfServers: readonly ServerFile[] = [
  {
    images: ["postgres", "postgresql", "postgis", "timescaledb", "pgvector"],
    file: /^(postgresql|pg_hba)\.conf$/,
    read: ["/var/lib/postgresql", "/bitnami/postgresql/conf", "/opt/bitnami/postgresql/conf"],
    tell: "args: [-c, config_file=PATH] (and hba_file=PATH)",
    source: "https://hub.docker.com/_/postgres",
  },
  {
    images: ["redis", "valkey"],
    file: /^(redis|valkey)\.conf$/,
    read: ["/opt/bitnami/redis", "/opt/bitnami/valkey"],
    tell: "args: [redis-server, PATH]",
    source: "https://hub.docker.com/_/redis",
  },
  {
    images: ["mysql", "mariadb", "percona", "percona-server"],
    file: /\.cnf$/,
    read: [
      "/etc/mysql",
      "/etc/my.cnf",
      "/etc/my.cnf.d",
      "/opt/bitnami/mysql",
      "/opt/bitnami/mariadb",
      "/bitnami/mysql/conf",
    ],
    tell: "args: [--defaults-extra-file=PATH]",
    source: "https://hub.docker.com/_/mysql",
  },
  {
    images: ["mongo"],
    file: /^mongod?\.(conf|ya?ml)$/,
    read: [],
    tell: "args: [--config, PATH]",
    source: "https://hub.docker.com/_/mongo",
  },
  {
    images: ["nginx", "nginx-unprivileged"],
    file: /^nginx\.conf$/,
    read: ["/etc/nginx", "/opt/bitnami/nginx"],
    tell: "args: [nginx, -c, PATH, -g, 'daemon off;']",
    source: "https://hub.docker.com/_/nginx",
  },
];
