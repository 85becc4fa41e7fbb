import { Postgresql, type PostgresqlArgs } from "../../components/data/postgresql/index.ts";
import { type Gate, start } from "./mocks.ts";
import { credential, defaults, platform, revision } from "./platform.ts";
import { labels } from "./shapes.ts";

export const image = "registry.test/postgres:17.1";
export const { resources, parameters } = defaults.postgresql;

export function startPostgresql(changes: Partial<PostgresqlArgs> = {}, held?: Gate) {
  return start({
    program() {
      const {
        endpoint,
        credential: login,
        monitoring,
        demand,
      } = new Postgresql("tier-postgresql", {
        platform: platform(),
        image,
        database: "records",
        owner: "keeper",
        password: credential("pass"),
        monitoringPassword: credential("watch"),
        parameters,
        resources,
        storage: { size: "20Gi" },
        ...changes,
      });
      return { endpoint, ...login, monitoring, demand };
    },
    ...(held && { gate: held }),
  });
}

export async function postgresql(changes: Partial<PostgresqlArgs> = {}) {
  const run = await startPostgresql(changes);
  const outputs = await run.outputs;
  return {
    recording: run.recording,
    outputs,
    statefulSet: run.recording.object("StatefulSet", "postgresql"),
  };
}

/** The login of a password: it is named after its owner and after what decides of it. */
export const username = `keeper_${revision("keeper:pass")}`;
export const loginRevision = revision(JSON.stringify({ username, password: "pass" }));
export const accepted = { username, password: "pass", "monitoring-password": "watch" };
export const acceptedRevision = revision(JSON.stringify(accepted));

export function metadata(name: string) {
  return { name, namespace: "place", labels: labels("postgresql", "database") };
}
