import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { MountedCredential } from "../foundation/mounted-credential.ts";
import type { PublishedSecret } from "../foundation/secret-revision.ts";
import { Migrations, type MigrationsArgs } from "./migrations.ts";
import { Postgresql, type PostgresqlArgs } from "./postgresql/index.ts";
import { Redis, type RedisArgs } from "./redis/index.ts";

export interface DataArgs {
  /** The platform's record. */
  readonly postgresql: PostgresqlArgs;
  /** The platform's cache. */
  readonly redis: RedisArgs;
  /** What brings the record to the schema of this version. */
  readonly migrations: Omit<MigrationsArgs, "credential">;
}

/** A data service as its readers see it. */
export interface DataService {
  /** Address, `HOST:PORT`, once the service is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** What readers mount; its name is known only once the service accepts it, so that no reader starts before. */
  readonly credential: MountedCredential;
  /** The login that reads its statistics, once the service accepts it. */
  readonly monitoring: PublishedSecret;
}

/** The data tier: PostgreSQL, which is the platform's record, and Redis, which is its cache. */
export class Data extends pulumi.ComponentResource {
  /** PostgreSQL, with the schema of this version. */
  readonly database: DataService;
  /** The login to PostgreSQL, once the server accepts it, whatever its schema is. */
  readonly login: MountedCredential;
  /** Redis. */
  readonly cache: DataService;
  /** What the tier may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: DataArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Data", name, {}, options);
    const postgresql = new Postgresql(`${name}-postgresql`, args.postgresql, { parent: this });
    const migrations = new Migrations(
      `${name}-migrations`,
      { ...args.migrations, credential: postgresql.credential },
      { parent: this },
    );
    const { endpoint, monitoring } = postgresql;
    const redis = new Redis(`${name}-redis`, args.redis, { parent: this });
    this.login = postgresql.credential;
    this.database = { endpoint, monitoring, credential: migrations.credential };
    this.cache = redis;
    this.demands = [postgresql.demand, redis.demand, migrations.demand];
    this.registerOutputs({ database: this.database.endpoint, cache: this.cache.endpoint });
  }
}
