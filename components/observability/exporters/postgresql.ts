import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { SystemArgs } from "../../foundation/system.ts";
import { nobody } from "../metrics/images.ts";
import { type ExporterArgs, exporterSystem, loginDirectory } from "./exporter.ts";

/**
 * The exporter of PostgreSQL:
 * https://github.com/prometheus-community/postgres_exporter/tree/v0.18.1#environment-variables
 */
export function postgresqlExporter(args: ExporterArgs): SystemArgs {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME } = args.platform.settings.values;
  const ports = systemPorts.databaseExporter;
  return exporterSystem(args, {
    workload: systemNames.databaseExporter,
    ports,
    user: nobody,
    // The page about the exporter.
    healthPath: "/",
    entries: ["username", "password"],
    args: [`--web.listen-address=:${ports.metrics}`, "--log.format=json"],
    env: {
      DATA_SOURCE_URI: `${DATABASE_HOST}:${DATABASE_PORT}/${DATABASE_NAME}?sslmode=disable`,
      DATA_SOURCE_USER_FILE: `${loginDirectory}/username`,
      DATA_SOURCE_PASS_FILE: `${loginDirectory}/password`,
    },
  });
}
