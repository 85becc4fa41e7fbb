import type { Asked } from "./mocks.ts";

// What operators make of custom resources, as far as the platform relies on it: the workloads, by the fields of the operators' source.

type Fields = Readonly<Record<string, unknown>>;

interface Template extends Fields {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Fields & { readonly containers: readonly Fields[] };
}

/** The workload that the operator makes of a resource; undefined for what is no such resource. */
export function operatedWorkload(asked: Asked): Asked | undefined {
  const made = makers[String(asked.inputs.kind)]?.(asked.inputs.spec as never);
  if (!made) return undefined;
  const { kind, template, ...spec } = made;
  const matchLabels = pick(template.metadata.labels, ["app.kubernetes.io/name", "app.kubernetes.io/part-of"]);
  const inputs = { ...asked.inputs, kind, spec: { ...spec, template, selector: { matchLabels } } };
  return { ...asked, inputs };
}

interface Made {
  readonly kind: "StatefulSet" | "Deployment" | "DaemonSet";
  readonly template: Template;
  readonly replicas?: number;
  readonly volumeClaimTemplates?: unknown;
}

const makers: Readonly<Record<string, (spec: never) => Made>> = {
  Elasticsearch: ({ nodeSets: [set] }: { nodeSets: [NodeSet] }) => ({
    kind: "StatefulSet",
    replicas: set.count,
    template: withDefaults(set.podTemplate, {
      ports: [{ name: "transport", containerPort: 9300, protocol: "TCP" }],
      volumeMounts: [{ name: "elasticsearch-data", mountPath: "/usr/share/elasticsearch/data" }],
    }),
    volumeClaimTemplates: set.volumeClaimTemplates,
  }),
  Kibana: ({ count, podTemplate }: { count: number; podTemplate: Template }) => ({
    kind: "Deployment",
    replicas: count,
    template: podTemplate,
  }),
  Logstash: ({ count, podTemplate, volumeClaimTemplates }: NodeSet) => ({
    kind: "StatefulSet",
    replicas: count,
    template: withDefaults(podTemplate, {
      volumeMounts: [{ name: "logstash-data", mountPath: "/usr/share/logstash/data" }],
    }),
    volumeClaimTemplates,
  }),
  Prometheus: (spec: Monitor) => monitored("prometheus", {})(spec),
  Alertmanager: (spec: Monitor) => monitored("alertmanager", { "mesh-tcp": 9094, "mesh-udp": 9094 })(spec),
  Beat: ({ daemonSet }: { daemonSet: { podTemplate: Template } }) => ({
    kind: "DaemonSet",
    template: daemonSet.podTemplate,
  }),
};

/** Of Prometheus or Alertmanager. */
interface Monitor extends Fields {
  readonly replicas: number;
  readonly image: string;
  readonly portName: string;
  readonly resources: Fields;
  readonly podMetadata: Template["metadata"];
  readonly volumeMounts?: readonly Fields[];
  readonly containers: readonly Fields[];
  readonly initContainers: readonly Fields[];
  readonly storage: { readonly volumeClaimTemplate: Fields };
}

const podKeys = [
  "serviceAccountName",
  "automountServiceAccountToken",
  "enableServiceLinks",
  "imagePullSecrets",
  "terminationGracePeriodSeconds",
  "securityContext",
  "topologySpreadConstraints",
  "affinity",
];

/** The StatefulSet of Prometheus or Alertmanager: `makeStatefulSetSpec` of the operator's source, without its own volumes. */
function monitored(program: string, ports: Readonly<Record<string, number>>) {
  return (spec: Monitor): Made => {
    const restricted = {
      imagePullPolicy: spec.imagePullPolicy,
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
    };
    const reloader = (patch: Fields) => ({
      image: "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1",
      env: [],
      ...restricted,
      ...patch,
    });
    const probe = (path: string) => ({ httpGet: { path, port: spec.portName } });
    const main = {
      name: program,
      image: spec.image,
      env: [],
      resources: spec.resources,
      ports: Object.entries({ [spec.portName]: program === "prometheus" ? 9090 : 9093, ...ports }).map(
        ([name, containerPort]) => ({
          name,
          containerPort,
          protocol: name.endsWith("-udp") ? "UDP" : "TCP",
        }),
      ),
      volumeMounts: [{ name: "data", mountPath: `/${program}` }, ...(spec.volumeMounts ?? [])],
      startupProbe: probe("/-/ready"),
      readinessProbe: probe("/-/ready"),
      livenessProbe: probe("/-/healthy"),
      ...restricted,
    };
    return {
      kind: "StatefulSet",
      replicas: spec.replicas,
      template: {
        metadata: spec.podMetadata,
        spec: {
          ...Object.fromEntries(podKeys.map((key) => [key, spec[key]])),
          volumes: spec.volumes,
          initContainers: spec.initContainers.map(reloader),
          containers: [main, ...spec.containers.map(reloader)],
        },
      },
      volumeClaimTemplates: [spec.storage.volumeClaimTemplate],
    };
  };
}

interface NodeSet {
  readonly count: number;
  readonly podTemplate: Template;
  readonly volumeClaimTemplates: unknown;
}

/** Adds to what the first container has of lists. */
function withDefaults(template: Template, defaults: Readonly<Record<string, readonly unknown[]>>): Template {
  const [first, ...others] = template.spec.containers;
  const added = Object.entries(defaults).map(([key, items]) => [
    key,
    [...((first?.[key] ?? []) as readonly unknown[]), ...items],
  ]);
  const containers = [{ ...first, ...Object.fromEntries(added) }, ...others];
  return { ...template, spec: { ...template.spec, containers } };
}

function pick(labels: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? ""]));
}
