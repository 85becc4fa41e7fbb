import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import { logStream } from "../names.ts";
import { ElasticsearchCluster, type ElasticsearchClusterArgs, nodesService } from "./cluster.ts";
import { copiesOf, type ExternalForm, type LoggingForm, type OperatorForm, type Snapshots } from "./forms.ts";
import { ElasticsearchServer } from "./server.ts";
import { type ElasticsearchSetupArgs, json, type SetupStep } from "./setup.ts";
import { type Login, superuserLogin, userBodies } from "./users.ts";

/** What the form of Elasticsearch decides; everything after it is the same. */
export interface RunningServer {
  /** DNS name, known once it can be set up. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** Changes when it is another one. @default its name follows from the cluster's domain */
  readonly place?: string;
  /** The login that people use, who may do everything. */
  readonly superuser: Login;
  /** How the Job enters that sets it up, and what it does besides. */
  readonly setup: Pick<ElasticsearchSetupArgs, "copies" | "steps" | "revision"> & { readonly login: Login };
  /** When it takes the programs' logins: as soon as it is there, or once it is set up. */
  readonly accepts: "at once" | "when set up";
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];
}

export interface ServerArgs extends Omit<ElasticsearchClusterArgs, "form" | "certificate"> {
  readonly form: LoggingForm;
  /** The server certificate of one that runs here. */
  readonly certificate: MountedCertificate | undefined;
}

/** Elasticsearch in the form that is asked for. */
export function createServer(name: string, args: ServerArgs, parent: pulumi.Resource): RunningServer {
  const { form, certificate } = args;
  if (form.kind === "external") return externalServer(name, { ...args, form }, parent);
  if (!certificate) throw new Error("an Elasticsearch that runs here has no certificate");
  const { https: port } = systemPorts.elasticsearch;
  const superuser = superuserLogin(args.credentials);
  if (form.kind === "operator") {
    const cluster = new ElasticsearchCluster(name, { ...args, form, certificate }, { parent });
    const { host, demand, usersRevision } = cluster;
    const steps = [awaitUsers(form), ...(form.snapshots ? [snapshotsStep(form.snapshots)] : [])];
    const setup = { login: cluster.setup, copies: copiesOf(form), steps, revision: usersRevision };
    return { host, port, superuser, setup, accepts: "when set up", demands: [demand] };
  }
  const { host, demand } = new ElasticsearchServer(name, { ...args, certificate }, { parent });
  const setup = { login: superuser, copies: copiesOf(form) };
  return { host, port, superuser, setup, accepts: "at once", demands: [demand] };
}

function externalServer(
  name: string,
  { form, platform, credentials }: ServerArgs & { readonly form: ExternalForm },
  parent: pulumi.Resource,
): RunningServer {
  const bodies = userBodies(platform, credentials, { stack: platform.namespace, roleOf: externalRole });
  const metadata = metadataOf({
    name: "elasticsearch-users",
    namespace: platform.namespace,
    workload: systemNames.elasticsearch,
    component: "logging",
  });
  const users = new k8s.core.v1.Secret(`${name}-users`, { metadata, stringData: bodies }, { parent });
  const superuser = superuserLogin(credentials, form.superuser);
  return {
    host: pulumi.output(form.host),
    port: form.port,
    place: `${form.host}:${form.port}`,
    superuser,
    setup: {
      login: superuser,
      copies: copiesOf(form),
      steps: [usersStep(users.metadata.name)],
      revision: platform.revisionOf(bodies.apply((known) => JSON.stringify(known))),
    },
    accepts: "when set up",
    demands: [],
  };
}

function awaitUsers({ nodes }: OperatorForm): SetupStep {
  return {
    name: "await-users",
    env: [
      { name: "NODES_SERVICE", value: nodesService },
      { name: "NODES", value: String(nodes) },
    ],
  };
}

/** Name of the repository of snapshots, and of the policy by which they are made. */
const repository = "iot-verification";

/** https://www.elastic.co/docs/deploy-manage/tools/snapshot-and-restore/s3-repository and .../create-snapshots */
function snapshotsStep({ bucket, folder, schedule, days }: Snapshots): SetupStep {
  return {
    name: "snapshots",
    env: [{ name: "REPOSITORY", value: repository }],
    files: {
      "snapshot-repository.json": json({
        type: "s3",
        settings: { client: "default", bucket, base_path: folder },
      }),
      "snapshot-policy.json": json({
        schedule,
        name: "<iot-verification-{now/d}>",
        repository,
        config: {
          indices: [`${logStream.type}-${logStream.dataset}-*`, "jaeger-*"],
          // What people have saved in Kibana.
          feature_states: ["kibana"],
          include_global_state: false,
          partial: false,
        },
        retention: { expire_after: `${days}d`, min_count: 3 },
      }),
    },
  };
}

/** Roles of ours have names of ours, where others have roles too; `kibana_system` is built in. */
function externalRole(role: string): string {
  return role === "kibana_system" ? role : `iot-verification-${role}`;
}

function usersStep(secret: pulumi.Output<string>): SetupStep {
  const roles = Object.entries(parse(textBeside(import.meta.url, "roles.yml")) as Record<string, unknown>);
  return {
    name: "users",
    // Of whom users are, by their metadata.
    env: [{ name: "PLATFORM", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
    files: Object.fromEntries(roles.map(([name, role]) => [`role-${externalRole(name)}.json`, json(role)])),
    secret: { name: "users", secret },
  };
}
