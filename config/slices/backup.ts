import type { BackupArgs } from "../../components/backup/index.ts";
import type { Data } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { Storage } from "../../components/storage/index.ts";
import type { StackConfig } from "../schema.ts";
import { ownImage } from "./images.ts";

export function backupArgs(
  config: StackConfig,
  { platform }: Foundation,
  { login }: Pick<Data, "login">,
  { objectStorage }: Pick<Storage, "objectStorage">,
): BackupArgs {
  return {
    platform,
    postgresqlImage: config.images.postgresql,
    programImage: ownImage(config.images, "object-storage"),
    login,
    objectStorage,
    ...config.backup,
  };
}
