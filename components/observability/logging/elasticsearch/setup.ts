import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../../contract/systems.ts";
import { publishedExceptions } from "../../../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../../../foundation/capacity-demand.ts";
import { checksumOf } from "../../../foundation/checksum.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { createOneShotJob } from "../../../foundation/one-shot-job.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import type { ContainerResources } from "../../../foundation/resources.ts";
import {
  configMapData,
  type SystemContainer,
  type SystemPod,
  sharesOf,
  systemPodTemplate,
} from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import { lifecyclePolicies, logStream, logStreamName } from "../names.ts";
import type { ElasticsearchLogin } from "./login.ts";

/** How long data is kept, and in pieces of which size. */
export interface Retention {
  /** Days after an index was closed to writing that it is deleted. */
  readonly days: number;
  /** Size from which on an index is closed and the next one begun, as a Kubernetes quantity. */
  readonly indexSize: string;
  /** Days after which it is closed whatever its size. */
  readonly indexDays: number;
}

export interface ElasticsearchSetupArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete reference of Elasticsearch's own image, which has curl. */
  readonly image: string;
  /** How long logs are kept. */
  readonly logs: Retention;
  /** How long traces are kept. */
  readonly traces: Retention;
  /** The superuser's login, once the server is ready. */
  readonly login: ElasticsearchLogin;
  /** Copies of each shard beside the first. */
  readonly copies: number;
  /** What comes before policies and templates, in this order. @default nothing */
  readonly steps?: readonly SetupStep[];
  /** It runs again when this changes. @default for another content alone */
  readonly revision?: pulumi.Output<string>;
}

/** One thing that the Job does before policies and templates. */
export interface SetupStep {
  /** DNS label; the script is `NAME.sh`, in bash, beside the others. */
  readonly name: string;
  readonly env?: readonly k8s.types.input.core.v1.EnvVar[];
  /** Files beside the script, by name. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** A Secret that it reads, mounted at `/run/secrets/NAME`. @default none */
  readonly secret?: { readonly name: string; readonly secret: pulumi.Output<string> };
}

const workload = systemNames.elasticsearchSetup;
const component = "logging";
const directory = "/etc/elasticsearch-setup";

/** Seconds that all attempts may take together. */
const patience = 900;
const attempts = 5;

/** Sets lifecycle policies and index templates, by a Job, before any client comes. */
export class ElasticsearchSetup extends pulumi.ComponentResource {
  /** DNS name of the server, once it is set up. */
  readonly host: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: ElasticsearchSetupArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:ElasticsearchSetup", name, {}, options);
    const plain = { ...args, steps: args.steps?.map(({ secret, ...step }) => step) ?? [] };
    const content = JSON.stringify(templateOf(plain, { account: "", configMap: "", secret: "" }));
    const checksum = checksumOf({ content, ...filesOf(args) }).slice(0, 8);
    const files = this.createFiles(`${name}-files`, args, checksum);
    const job = this.createJob(name, args, { checksum, configMap: files.metadata.name });
    this.host = pulumi.all([args.login.host, job.metadata.name]).apply(([host]) => host);
    this.demand = { workload, pods: podsWhileReplaced(1), ...sharesOf(podOf(args, "")) };
    this.registerOutputs({ host: this.host });
  }

  private createFiles(name: string, { platform, ...args }: ElasticsearchSetupArgs, checksum: string) {
    const { namespace } = platform;
    const metadata = metadataOf({ name: `${workload}-${checksum}`, namespace, workload, component });
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata, data: configMapData(filesOf(args)) },
      { parent: this },
    );
  }

  private createJob(
    name: string,
    args: ElasticsearchSetupArgs,
    content: { readonly checksum: string; readonly configMap: pulumi.Output<string> },
  ) {
    const { platform, image, login, revision } = args;
    const checksum = pulumi
      .output(revision)
      .apply((known) =>
        known === undefined ? content.checksum : checksumOf({ content: content.checksum, known }),
      );
    const others = { configMap: content.configMap, secret: login.secret };
    return createOneShotJob(
      name,
      {
        platform,
        workload,
        component,
        checksum: revision ? checksum : content.checksum,
        template: (account) => templateOf(args, { ...others, account }),
        attempts,
        patience,
        exceptions: publishedExceptions({ images: [image], user }),
      },
      this,
    );
  }
}

function templateOf(
  args: ElasticsearchSetupArgs,
  names: {
    readonly account: pulumi.Input<string>;
    readonly configMap: pulumi.Input<string>;
    readonly secret: pulumi.Input<string>;
  },
) {
  return systemPodTemplate({
    ...podOf(args, names.secret),
    platform: args.platform,
    workload,
    component,
    account: names.account,
    apiAccess: false,
    configMap: names.configMap,
    dataDirectory: undefined,
    restartPolicy: "Never",
  });
}

/** Whom the image is published for. */
const user = { uid: 1000, gid: 1000 } as const;

const resources: ContainerResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "64Mi" },
};

function podOf(args: ElasticsearchSetupArgs, secret: pulumi.Input<string>): SystemPod {
  const { steps = [] } = args;
  return {
    user,
    ...(steps.length > 0 && { initContainers: steps.map((step) => containerOf(step, args)) }),
    containers: [
      {
        name: workload,
        image: args.image,
        command: ["bash", `${directory}/setup.sh`],
        env: [
          { name: "LOGS_POLICY", value: lifecyclePolicies.logs },
          { name: "TRACES_POLICY", value: lifecyclePolicies.traces },
          { name: "LOG_STREAM", value: logStreamName },
        ],
        resources,
      },
    ],
    files: { directory, content: filesOf(args) },
    secrets: [
      { name: "elasticsearch", directory: "/run/secrets/elasticsearch", secret },
      ...steps.flatMap((step) =>
        step.secret ? [{ ...step.secret, directory: `/run/secrets/${step.secret.name}` }] : [],
      ),
    ],
  };
}

function containerOf({ name, env = [] }: SetupStep, { image }: ElasticsearchSetupArgs): SystemContainer {
  return {
    name,
    image,
    command: ["bash", `${directory}/${name}.sh`],
    env: [...env],
    resources,
  };
}

type Files = Readonly<Record<string, string>>;

function filesOf(args: Pick<ElasticsearchSetupArgs, "logs" | "traces" | "copies" | "steps">): Files {
  const { logs, traces, copies, steps = [] } = args;
  const ofSteps = steps.map(({ name, files }) => ({
    [`${name}.sh`]: textBeside(import.meta.url, `${name}.sh`),
    ...files,
  }));
  return {
    ...Object.assign({}, ...ofSteps),
    ...(steps.length > 0 && { "request.sh": textBeside(import.meta.url, "request.sh") }),
    "setup.sh": textBeside(import.meta.url, "setup.sh"),
    "logs-policy.json": json(lifecyclePolicy(logs)),
    "traces-policy.json": json(lifecyclePolicy(traces)),
    "logs-template.json": json(logTemplate(copies)),
  };
}

/** A value as a file of its own. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** https://www.elastic.co/docs/manage-data/lifecycle/index-lifecycle-management; ages after the first phase count from its end. */
function lifecyclePolicy({ days, indexSize, indexDays }: Retention) {
  const rollover = { max_primary_shard_size: `${bytesOf(indexSize)}b`, max_age: `${indexDays}d` };
  return {
    policy: {
      phases: {
        hot: { min_age: "0ms", actions: { rollover } },
        delete: { min_age: `${days}d`, actions: { delete: {} } },
      },
    },
  };
}

/** Above the template that Elasticsearch brings along for all logs. */
const logTemplate = (copies: number) => ({
  index_patterns: [`${logStream.type}-${logStream.dataset}-*`],
  priority: 500,
  data_stream: {},
  template: {
    settings: {
      "index.mode": "standard",
      "index.codec": "best_compression",
      "index.lifecycle.name": lifecyclePolicies.logs,
      "index.number_of_shards": 1,
      "index.number_of_replicas": copies,
      "index.refresh_interval": "5s",
      "index.mapping.ignore_malformed": true,
    },
    mappings: JSON.parse(textBeside(import.meta.url, "mappings.json")) as unknown,
  },
});
