import { storageClasses as longhornClasses } from "../../components/contract/operators.ts";

/** The tools of the cluster, each by its absolute path. */
export type ClusterTools = Readonly<
  Record<
    "kwokctl" | "kwok" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "etcd" | "kubectl",
    string
  >
>;

/** The programs that run as long as the cluster does, by the name that kwokctl gives their files. */
export const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok-controller",
] as const;
export type Component = (typeof components)[number];

/** What runs beside them when there is a real node: the node with all that is in it, and the relay to it. */
export const nodeRoles = ["node", "relay"] as const;
export type NodeRole = (typeof nodeRoles)[number];
export const isNodeRole = (role: string): role is NodeRole => nodeRoles.some((one) => one === role);

/** Pods and Services have ranges of their own; kwokctl's defaults for the two are one and the same. */
const podRange = "10.244.0.0/16";
export const serviceRange = "10.96.0.0/16";
/** Address of Service `kubernetes`, by which pods call the API server: always the first of the range. */
const apiServiceAddress = "10.96.0.1";
/** Address of the Service of DNS, where there is one: the one that installers of Kubernetes give it. */
export const dnsAddress = "10.96.0.10";

/**
 * Where the API server says that it is, in the endpoints of Service `kubernetes`, when no pod can dial it: an address for
 * documentation (RFC 5737). Without any it takes that of the default route, and does not start where there is none.
 */
export const undialledAddress = "192.0.2.1";

/** Addresses that the API server's certificate is good for, beyond those of the machine. */
export const certifiedAddresses = (advertised: string): string[] =>
  advertised === undialledAddress ? [apiServiceAddress] : [apiServiceAddress, advertised];

/** The Service of a stack that people reach through a port of 127.0.0.1. */
export const gatewayService = "api-gateway";

/**
 * Three nodes in three zones. Stack `prod` at the seed's sizes asks for less than half of them, so that two can carry
 * what was on the third: 16 CPU, 64 GiB and 110 pods (the kubelet's default) are a common size of a cloud node.
 */
export const nodes = ["a", "b", "c"].map((zone, index) => ({
  name: `node-${zone}`,
  zone: `local-${zone}`,
  podCidr: `10.244.${index}.0/24`,
}));
export const region = "local";
/** Marks the nodes that kwok plays. */
const playedAnnotation = ["kwok.x-k8s.io/node", "fake"] as const;
const allocatable = { cpu: "16", memory: "64Gi", pods: "110", "ephemeral-storage": "100Gi" };

/**
 * The storage classes: the default that small clusters have, bound when a pod needs it, and those that stack `cluster` makes of
 * Longhorn. A claim of any other class stays Pending, as in a real cluster.
 */
export const storageClasses = [
  {
    name: "standard",
    provisioner: "rancher.io/local-path",
    binding: "WaitForFirstConsumer",
    isDefault: true,
    grows: false,
  },
  ...Object.values(longhornClasses).map(
    (name) =>
      ({
        name,
        provisioner: "driver.longhorn.io",
        binding: "WaitForFirstConsumer",
        isDefault: false,
        grows: true,
      }) as const,
  ),
] as const;
export const provisioners: readonly string[] = storageClasses.map(({ provisioner }) => provisioner);

/** A Kubernetes object that the cluster starts with, with the path of its API collection. */
export interface Initial {
  readonly collection: string;
  readonly object: { readonly metadata: { readonly name: string } } & Record<string, unknown>;
}

/** Nodes and storage classes. */
export function initialObjects(machine: { readonly arch: string }): Initial[] {
  const architecture = machine.arch === "x64" ? "amd64" : machine.arch;
  const nodeObjects = nodes.map(({ name, zone, podCidr }) => ({
    collection: "/api/v1/nodes",
    object: {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: {
          "kubernetes.io/arch": architecture,
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "topology.kubernetes.io/region": region,
          "topology.kubernetes.io/zone": zone,
        },
        annotations: { [playedAnnotation[0]]: playedAnnotation[1] },
      },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
      status: {
        addresses: [
          { type: "InternalIP", address: "127.0.0.1" },
          { type: "Hostname", address: name },
        ],
        allocatable,
        capacity: allocatable,
        nodeInfo: {
          architecture,
          bootID: "",
          containerRuntimeVersion: "kwok",
          kernelVersion: "kwok",
          kubeProxyVersion: "",
          kubeletVersion: "kwok",
          machineID: "",
          operatingSystem: "linux",
          osImage: "played by kwok",
          systemUUID: "",
        },
      },
    },
  }));
  const classObjects = storageClasses.map(({ name, provisioner, binding, isDefault, grows }) => ({
    collection: "/apis/storage.k8s.io/v1/storageclasses",
    object: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
      provisioner,
      reclaimPolicy: "Delete",
      volumeBindingMode: binding,
      allowVolumeExpansion: grows,
    },
  }));
  return [...nodeObjects, ...classObjects];
}

/** One port for every listener of the cluster, all on 127.0.0.1. */
export const portNames = [
  "etcdPort",
  "etcdPeerPort",
  "kubeApiserverPort",
  "kubeControllerManagerPort",
  "kubeSchedulerPort",
  "kwokControllerPort",
] as const;
export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/**
 * What the API server writes to the audit log: every change and who asked for it, never a body that could hold a secret.
 * Bodies of status changes are kept, as the order of readiness is read from them.
 */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    { level: "None", verbs: ["get", "list", "watch"] },
    {
      level: "None",
      resources: [
        { group: "coordination.k8s.io", resources: ["leases"] },
        { group: "", resources: ["events"] },
        { group: "events.k8s.io", resources: ["events"] },
      ],
    },
    {
      level: "Request",
      resources: [
        { group: "", resources: ["pods/status"] },
        { group: "apps", resources: ["deployments/status", "statefulsets/status"] },
        { group: "batch", resources: ["jobs/status"] },
      ],
    },
    { level: "Metadata" },
  ],
};

const extra = (args: Readonly<Record<string, string>>) =>
  Object.entries(args).map(([key, value]) => ({ key, value }));

/** The documents of kwokctl's configuration file, but for the stages. */
export function kwokctlDocuments(args: {
  tools: ClusterTools;
  ports: Ports;
  auditPolicyFile: string;
  auditLog: string;
  /** Folder of the certificates that kwokctl makes. */
  pki: string;
  /** Where pods reach the API server. @default nowhere: no pod runs for real */
  advertised?: string | undefined;
}): object[] {
  const { tools, ports, auditPolicyFile, auditLog, pki, advertised = undialledAddress } = args;
  return [
    {
      apiVersion: "config.kwok.x-k8s.io/v1alpha1",
      kind: "KwokctlConfiguration",
      options: {
        runtime: "binary",
        bindAddress: "127.0.0.1",
        disableQPSLimits: true,
        kubeAuthorization: true,
        kubeAdmission: true,
        kubeAuditPolicy: auditPolicyFile,
        kubeApiserverCertSANs: certifiedAddresses(advertised),
        ...ports,
        etcdBinary: tools.etcd,
        kubeApiserverBinary: tools["kube-apiserver"],
        kubeControllerManagerBinary: tools["kube-controller-manager"],
        kubeSchedulerBinary: tools["kube-scheduler"],
        kwokControllerBinary: tools.kwok,
        kubectlBinary: tools.kubectl,
      },
      componentsPatches: [
        // A lost machine may cost this cluster its data, a lost process may not: the page cache outlives it.
        { name: "etcd", extraArgs: extra({ "unsafe-no-fsync": "true" }) },
        {
          name: "kube-apiserver",
          extraArgs: extra({
            "service-cluster-ip-range": serviceRange,
            "advertise-address": advertised,
            // `kubectl logs` is refused by kwok at once; else a name server would be asked for `node-a`.
            "kubelet-preferred-address-types": "InternalIP",
            "kubelet-client-certificate": `${pki}/admin.crt`,
            "kubelet-client-key": `${pki}/admin.key`,
            // Outside kwokctl's folder of logs, where it would be emptied at every start.
            "audit-log-path": auditLog,
            "audit-log-maxsize": "64",
            "audit-log-maxbackup": "1",
          }),
        },
        // The only instance needs no election, and need not wait for the lease of the one that died.
        {
          name: "kube-controller-manager",
          extraArgs: extra({
            "leader-elect": "false",
            // For the certificates that kubelets ask for.
            "cluster-signing-cert-file": `${pki}/ca.crt`,
            "cluster-signing-key-file": `${pki}/ca.key`,
          }),
        },
        { name: "kube-scheduler", extraArgs: extra({ "leader-elect": "false" }) },
        {
          name: "kwok-controller",
          // A real node plays its own pods.
          extraArgs: extra({
            "manage-all-nodes": "false",
            "manage-nodes-with-annotation-selector": playedAnnotation.join("="),
          }),
        },
      ],
    },
    {
      apiVersion: "config.kwok.x-k8s.io/v1alpha1",
      kind: "KwokConfiguration",
      // kwokctl fills in no defaults beside an option that is given.
      options: {
        cidr: podRange,
        nodeLeaseParallelism: 4,
        nodePlayStageParallelism: 4,
        podPlayStageParallelism: 4,
        podsOnNodeSyncParallelism: 1,
        enablePodsOnNodeSyncListPager: true,
      },
    },
  ];
}
