import { servicePorts } from "../../contract/runtime.ts";
import { bytesOf, memoryQuantity } from "../../foundation/quantity.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import { type ServerPod, serverPaths } from "../server-pod.ts";
import { configurationDirectory } from "./configuration.ts";

interface PostgresqlPodArgs {
  readonly image: string;
  readonly database: string;
  readonly owner: string;
  readonly resources: ContainerResources;
}

const volume = "/var/lib/postgresql/data";
/** A directory of its own below the mount, which holds lost+found on many volumes. */
const dataDirectory = `${volume}/pgdata`;

/** The pod of the official image: user 999, as its Dockerfile creates it. Its entry point is not used. */
export function postgresqlPod({ image, database, owner, resources }: PostgresqlPodArgs): ServerPod {
  const env = [
    { name: "PGDATA", value: dataDirectory },
    { name: "DATABASE_NAME", value: database },
    { name: "DATABASE_OWNER", value: owner },
  ];
  return {
    user: { uid: 999, gid: 999 },
    // The image asks to be stopped by SIGINT: a fast shutdown, which still writes a checkpoint.
    terminationGracePeriodSeconds: 60,
    dataDirectory: volume,
    configurationDirectory,
    preparation: {
      name: "prepare",
      image,
      command: ["bash", `${configurationDirectory}/prepare.sh`],
      env,
      resources,
    },
    container: {
      name: "postgresql",
      image,
      command: ["postgres", "-c", `config_file=${configurationDirectory}/postgresql.conf`],
      ports: [{ name: "postgresql", containerPort: servicePorts.database, protocol: "TCP" }],
      env,
      resources,
      startupProbe: { exec: { command: acceptsTcp }, periodSeconds: 2, failureThreshold: 150 },
      readinessProbe: { exec: { command: acceptsLogin }, periodSeconds: 5, timeoutSeconds: 3 },
      livenessProbe: {
        exec: { command: answers },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 6,
      },
    },
    scratch: [
      { name: "socket", directory: "/var/run/postgresql", size: "16Mi", medium: "Memory" },
      { name: "shm", directory: "/dev/shm", size: sharedMemory(resources), medium: "Memory" },
      { name: "scratch", directory: "/tmp", size: "1Gi" },
    ],
  };
}

const acceptsTcp = ["pg_isready", "--quiet", "--host=127.0.0.1"];

/**
 * Over TCP with the login that readers will use: what readers will meet. A server without a connection left is ready: to
 * take it out of its Service would keep everybody out who could have the next one.
 */
const acceptsLogin = [
  "bash",
  "-c",
  `said=$(PGPASSWORD="$(cat ${serverPaths.run}/password)" psql --no-psqlrc --quiet --host=127.0.0.1 ` +
    `--username="$(cat ${serverPaths.run}/username)" --dbname="$DATABASE_NAME" --command='SELECT 1' 2>&1) || ` +
    `{ echo "$said"; grep -qE 'too many clients|connection slots' <<<"$said"; }`,
];

/**
 * What parallel queries may share; a container's own has 64 MiB. It counts as the container's memory: beyond a quarter of
 * that, a query fails before the server is killed.
 */
function sharedMemory({ limits }: ContainerResources): string {
  return memoryQuantity(Math.min(256 * 2 ** 20, (bytesOf(limits.memory) ?? 0) / 4));
}

/** A server that refuses, being busy or in recovery, is alive (exit code 1); a restart would not help it. */
const answers = ["bash", "-c", "pg_isready --quiet; [ $? -le 1 ]"];
