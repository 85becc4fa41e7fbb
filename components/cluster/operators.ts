import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Operator, type OperatorId, operatorIds, operators } from "../contract/operators.ts";
import { type Chart, type ChartSettings, type Recipe, recipes } from "./charts.ts";
import { clusterNamespace } from "./namespaces.ts";

/** Where an operator comes from: this stack, somebody else who has installed this version, or nowhere. */
export type Source =
  | { readonly from: "install" }
  | { readonly from: "present"; readonly version: string }
  | { readonly from: "none" };

export interface OperatorsArgs {
  readonly sources: Readonly<Record<OperatorId, Source>>;
  readonly settings: ChartSettings;
  /** The engine refuses to delete what resources of other stacks live by. */
  readonly protect: boolean;
}

/** The operators, each after those that it needs. */
export class Operators extends pulumi.ComponentResource {
  /** What has to be there before a resource of an operator's kind is made; nothing for one that is not installed here. */
  readonly ready: Readonly<Record<OperatorId, readonly pulumi.Resource[]>>;
  /** Version of each operator that there is, from here or from elsewhere. */
  readonly versions: Readonly<Partial<Record<OperatorId, string>>>;

  constructor(name: string, args: OperatorsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:Operators", name, {}, options);
    const namespaces = this.createNamespaces(name, args);
    const ready = Object.fromEntries(operatorIds.map((id) => [id, [] as readonly pulumi.Resource[]]));
    const known = recipes(args.settings);
    for (const id of operatorIds) {
      if (args.sources[id].from !== "install") continue;
      const before = known[id].after.flatMap((other) => ready[other] ?? []);
      const place = namespaces.get(namespaceOf(id));
      ready[id] = this.install(`${name}-${id}`, known[id], {
        namespace: namespaceOf(id),
        dependsOn: place ? [...before, place] : before,
        protect: args.protect,
      });
    }
    this.ready = ready as Record<OperatorId, readonly pulumi.Resource[]>;
    this.versions = versionsOf(args.sources);
    this.registerOutputs();
  }

  private createNamespaces(name: string, { sources, protect }: OperatorsArgs) {
    const wanted = operatorIds.filter((id) => sources[id].from === "install").map(namespaceOf);
    const own = [...new Set(wanted)].filter((namespace) => namespace !== "kube-system");
    return new Map(
      own.map((namespace) => [
        namespace,
        clusterNamespace(`${name}-${namespace}-namespace`, namespace, { parent: this, protect }),
      ]),
    );
  }

  /** @returns what is there last */
  private install(
    name: string,
    { manifest, charts }: Recipe,
    place: { namespace: string; dependsOn: readonly pulumi.Resource[]; protect: boolean },
  ): readonly pulumi.Resource[] {
    const { namespace, protect } = place;
    let dependsOn = [...place.dependsOn];
    if (manifest !== undefined) {
      const options = { parent: this, dependsOn, protect };
      dependsOn = [new k8s.yaml.v2.ConfigFile(`${name}-manifest`, { file: manifest }, options)];
    }
    for (const chart of charts) {
      const options = { parent: this, dependsOn, protect };
      dependsOn = [createChart(`${name}-${chart.release}`, { ...chart, namespace }, options)];
    }
    return dependsOn;
  }
}

/** Kinds alone have no namespace; their manifests name none. */
function namespaceOf(id: OperatorId): string {
  const operator: Operator = operators[id];
  return operator.namespace ?? "kube-system";
}

function createChart(
  name: string,
  { release, chart, repository, version, by, values, namespace }: Chart & { readonly namespace: string },
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const args = {
    name: release,
    chart,
    version,
    namespace,
    ...(repository !== undefined && { repositoryOpts: { repo: repository } }),
    values,
  };
  if (by === "chart") return new k8s.helm.v4.Chart(name, args, options);
  // What fails is taken back, so that the next deployment begins anew.
  return new k8s.helm.v3.Release(name, { ...args, atomic: true, timeout: 600, maxHistory: 5 }, options);
}

function versionsOf(sources: OperatorsArgs["sources"]): Partial<Record<OperatorId, string>> {
  return Object.fromEntries(
    operatorIds.flatMap((id) => {
      const source = sources[id];
      if (source.from === "none") return [];
      return [[id, source.from === "present" ? source.version : operators[id].version]];
    }),
  );
}
