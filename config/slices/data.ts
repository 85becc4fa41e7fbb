import { serviceNames } from "../../components/contract/runtime.ts";
import type { Data, DataArgs } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { MountedCredential } from "../../components/foundation/mounted-credential.ts";
import type { StackConfig } from "../schema.ts";
import { ownImage } from "./images.ts";

export function dataArgs(config: StackConfig, { platform, credentials }: Foundation): DataArgs {
  return {
    postgresql: {
      platform,
      image: config.images.postgresql,
      database: config.settings.databaseName,
      owner: config.settings.databaseUser,
      password: credentials.database,
      monitoringPassword: credentials.databaseMonitoring,
      ...config.postgresql,
    },
    redis: {
      platform,
      image: config.images.redis,
      password: credentials.redis,
      monitoringPassword: credentials.redisMonitoring,
      ...config.redis,
    },
    migrations: {
      platform,
      image: ownImage(config.images, serviceNames.migrations),
      ...config.migrations,
    },
  };
}

/** What every reader of database and cache mounts. */
export function logins({ database, cache }: Pick<Data, "database" | "cache">): MountedCredential[] {
  return [database.credential, cache.credential];
}
