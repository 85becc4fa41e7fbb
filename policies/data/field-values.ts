import type { Scope } from "../objects/places.ts";

/** A field of which all values are known. */
interface FieldValues {
  readonly scope: Scope;
  readonly field: string;
  readonly allowed: readonly string[];
}

const protocols = ["TCP", "UDP", "SCTP"];
const service: Scope = { kinds: ["Service"] };
const policy: Scope = { kinds: ["NetworkPolicy"] };
const rolling = ["RollingUpdate", "OnDelete"];

/** Values of Kubernetes 1.36. Access modes of claims, restart policies and path types have rules of their own. */
export const fieldValues: readonly FieldValues[] = [
  { scope: "container", field: "imagePullPolicy", allowed: ["Always", "IfNotPresent", "Never"] },
  {
    scope: "container",
    field: "terminationMessagePolicy",
    allowed: ["File", "FallbackToLogsOnError"],
  },
  { scope: "container", field: "ports[].protocol", allowed: protocols },
  ...["livenessProbe", "readinessProbe", "startupProbe"].map(
    (probe): FieldValues => ({
      scope: "container",
      field: `${probe}.httpGet.scheme`,
      allowed: ["HTTP", "HTTPS"],
    }),
  ),
  {
    scope: "pod",
    field: "dnsPolicy",
    allowed: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
  },
  { scope: "pod", field: "preemptionPolicy", allowed: ["PreemptLowerPriority", "Never"] },
  { scope: "pod", field: "tolerations[].operator", allowed: ["Exists", "Equal", "Lt", "Gt"] },
  { scope: "pod", field: "tolerations[].effect", allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"] },
  {
    scope: "pod",
    field: "topologySpreadConstraints[].whenUnsatisfiable",
    allowed: ["DoNotSchedule", "ScheduleAnyway"],
  },
  {
    scope: "pod",
    field: "volumes[].hostPath.type",
    allowed: [
      "DirectoryOrCreate",
      "Directory",
      "FileOrCreate",
      "File",
      "Socket",
      "CharDevice",
      "BlockDevice",
    ],
  },
  { scope: { kinds: ["Deployment"] }, field: "spec.strategy.type", allowed: ["RollingUpdate", "Recreate"] },
  { scope: { kinds: ["StatefulSet", "DaemonSet"] }, field: "spec.updateStrategy.type", allowed: rolling },
  {
    scope: { kinds: ["StatefulSet"] },
    field: "spec.podManagementPolicy",
    allowed: ["OrderedReady", "Parallel"],
  },
  {
    scope: { kinds: ["CronJob"] },
    field: "spec.concurrencyPolicy",
    allowed: ["Allow", "Forbid", "Replace"],
  },
  { scope: service, field: "spec.type", allowed: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] },
  { scope: service, field: "spec.sessionAffinity", allowed: ["None", "ClientIP"] },
  { scope: service, field: "spec.externalTrafficPolicy", allowed: ["Cluster", "Local"] },
  { scope: service, field: "spec.internalTrafficPolicy", allowed: ["Cluster", "Local"] },
  {
    scope: service,
    field: "spec.ipFamilyPolicy",
    allowed: ["SingleStack", "PreferDualStack", "RequireDualStack"],
  },
  { scope: service, field: "spec.ports[].protocol", allowed: protocols },
  { scope: policy, field: "spec.policyTypes[]", allowed: ["Ingress", "Egress"] },
  { scope: policy, field: "spec.ingress[].ports[].protocol", allowed: protocols },
  { scope: policy, field: "spec.egress[].ports[].protocol", allowed: protocols },
  {
    scope: { kinds: ["HorizontalPodAutoscaler"] },
    field: "spec.metrics[].type",
    allowed: ["Resource", "ContainerResource", "Pods", "Object", "External"],
  },
  {
    scope: { kinds: ["PersistentVolume"] },
    field: "spec.persistentVolumeReclaimPolicy",
    allowed: ["Retain", "Delete", "Recycle"],
  },
  {
    scope: { kinds: ["RoleBinding", "ClusterRoleBinding"] },
    field: "subjects[].kind",
    allowed: ["ServiceAccount", "User", "Group"],
  },
  { scope: { kinds: ["RoleBinding"] }, field: "roleRef.kind", allowed: ["Role", "ClusterRole"] },
  { scope: { kinds: ["ClusterRoleBinding"] }, field: "roleRef.kind", allowed: ["ClusterRole"] },
];
