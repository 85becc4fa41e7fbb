import { systemNames, systemPorts } from "../../contract/systems.ts";
import { monitoringUser } from "../../data/monitoring.ts";
import { exporterPasswordsEntry, redisAddress } from "../../data/redis/index.ts";
import type { SystemArgs } from "../../foundation/system.ts";
import { type ExporterArgs, exporterSystem, loginDirectory } from "./exporter.ts";

/**
 * The exporter of Redis: https://github.com/oliver006/redis_exporter/tree/v1.80.0#command-line-flags
 *
 * It reads the password from a file that says whose it is. Given plainly, it would send it to any server that somebody
 * asks it to scrape.
 */
export function redisExporter(args: ExporterArgs): SystemArgs {
  const ports = systemPorts.cacheExporter;
  return exporterSystem(args, {
    workload: systemNames.cacheExporter,
    ports,
    user: { uid: 59000, gid: 59000 },
    healthPath: "/health",
    entries: [exporterPasswordsEntry],
    env: {
      REDIS_ADDR: redisAddress(args.platform),
      REDIS_USER: monitoringUser,
      REDIS_PASSWORD_FILE: `${loginDirectory}/${exporterPasswordsEntry}`,
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `:${ports.metrics}`,
      REDIS_EXPORTER_LOG_FORMAT: "json",
      // Its user may not read the server's configuration.
      REDIS_EXPORTER_CONFIG_COMMAND: "-",
    },
  });
}
