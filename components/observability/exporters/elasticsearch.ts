import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { SystemArgs } from "../../foundation/system.ts";
import { nobody } from "../metrics/images.ts";
import { type ExporterArgs, exporterSystem, loginDirectory } from "./exporter.ts";

/** The program takes a login from its environment alone, which files are kept out of until here. */
const start = `
ES_USERNAME=$(cat ${loginDirectory}/username)
ES_PASSWORD=$(cat ${loginDirectory}/password)
export ES_USERNAME ES_PASSWORD
exec /bin/elasticsearch_exporter --es.uri="$(cat ${loginDirectory}/url)" "$@"
`;

/**
 * The exporter of Elasticsearch:
 * https://github.com/prometheus-community/elasticsearch_exporter/tree/v1.9.0#configuration
 */
export function elasticsearchExporter(args: ExporterArgs): SystemArgs {
  const ports = systemPorts.elasticsearchExporter;
  const options = [
    `--es.ca=${loginDirectory}/ca.crt`,
    "--es.all",
    "--es.indices",
    // They take a further privilege, and nothing asks for them.
    "--no-es.aliases",
    `--web.listen-address=:${ports.metrics}`,
    "--log.format=json",
  ];
  return exporterSystem(args, {
    workload: systemNames.elasticsearchExporter,
    ports,
    user: nobody,
    healthPath: "/healthz",
    entries: ["username", "password", "url", "ca.crt"],
    command: ["sh", "-eu", "-c", start, "exporter", ...options],
  });
}
