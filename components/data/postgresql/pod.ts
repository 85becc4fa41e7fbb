import type * as pulumi from "@pulumi/pulumi";
import { servicePorts } from "../../contract/runtime.ts";
import {
  checksumOf,
  credentialRevisionAnnotation,
  settingsChecksumAnnotation,
} from "../../foundation/checksum.ts";
import type { Credential } from "../../foundation/credentials.ts";
import { containerSecurity } from "../../foundation/hardening.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import type { ServerPod } from "../stateful-server.ts";
import { configurationDirectory } from "./configuration.ts";

interface PostgresqlPodArgs {
  readonly image: string;
  readonly database: string;
  readonly owner: string;
  readonly password: Credential;
  readonly resources: ContainerResources;
  /** The configuration, and the ConfigMap that holds it. */
  readonly files: Readonly<Record<string, string>>;
  readonly configMap: pulumi.Output<string>;
  /** Secret with the login that the server has to accept. */
  readonly secret: pulumi.Output<string>;
}

const dataDirectory = "/var/lib/postgresql/data";
const secretDirectory = "/run/secrets/postgresql";

/** The pod of the official image: user 999, as its Dockerfile creates it. */
export function postgresqlPod(args: PostgresqlPodArgs): ServerPod {
  return {
    user: { uid: 999, gid: 999 },
    annotations: {
      [settingsChecksumAnnotation]: checksumOf(args.files),
      [credentialRevisionAnnotation("database")]: args.password.revision,
    },
    // The image stops on SIGINT: a fast shutdown, which still writes a checkpoint.
    terminationGracePeriodSeconds: 60,
    dataDirectory,
    container: container(args),
    volumeMounts: [
      { name: "configuration", mountPath: configurationDirectory, readOnly: true },
      { name: "credentials", mountPath: secretDirectory, readOnly: true },
      { name: "socket", mountPath: "/var/run/postgresql" },
      { name: "scratch", mountPath: "/tmp" },
    ],
    volumes: [
      { name: "configuration", configMap: { name: args.configMap, defaultMode: 0o555 } },
      { name: "credentials", secret: { secretName: args.secret, defaultMode: 0o440 } },
      { name: "socket", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
    ],
  };
}

function container({ image, database, owner, resources }: PostgresqlPodArgs): ServerPod["container"] {
  return {
    name: "postgresql",
    image,
    imagePullPolicy: "IfNotPresent",
    args: ["postgres", "-c", `config_file=${configurationDirectory}/postgresql.conf`],
    ports: [{ name: "postgresql", containerPort: servicePorts.database, protocol: "TCP" }],
    env: [
      { name: "POSTGRES_DB", value: database },
      // The image asks for one at initdb; pg_hba.conf keeps the superuser off the network whatever it is.
      { name: "POSTGRES_PASSWORD_FILE", value: `${secretDirectory}/password` },
      // A directory of its own below the mount, which holds lost+found on many volumes.
      { name: "PGDATA", value: `${dataDirectory}/pgdata` },
      { name: "DATABASE_OWNER", value: owner },
    ],
    resources,
    lifecycle: { postStart: { exec: { command: [`${configurationDirectory}/apply-login.sh`] } } },
    startupProbe: { exec: { command: acceptsTcp }, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { exec: { command: acceptsLogin }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: {
      exec: { command: answersInside },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    securityContext: containerSecurity,
  };
}

const acceptsTcp = ["pg_isready", "--quiet", "--host=127.0.0.1"];

/** Over TCP with the readers' own login: what readers will meet. */
const acceptsLogin = [
  "bash",
  "-c",
  `PGPASSWORD="$(cat ${secretDirectory}/password)" psql --no-psqlrc --quiet --output=/dev/null --host=127.0.0.1 ` +
    `--username="$(cat ${secretDirectory}/username)" --dbname="$POSTGRES_DB" --command='SELECT 1'`,
];

/** Over the socket: a server that has run out of connections is busy, and a restart would not help it. */
const answersInside = ["pg_isready", "--quiet"];
