const core = "";
const networking = ["networking.k8s.io", "extensions"];
const rbac = ["rbac.authorization.k8s.io"];

/**
 * API groups of Kubernetes' own kinds, those of removed versions included. Others have kinds of the same names: the Service of
 * Knative, the NetworkPolicy of Calico. https://kubernetes.io/docs/reference/kubernetes-api/
 */
export const groupsOfKinds: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ConfigMap: [core],
    LimitRange: [core],
    Namespace: [core],
    PersistentVolume: [core],
    PersistentVolumeClaim: [core],
    Pod: [core],
    PodTemplate: [core],
    ReplicationController: [core],
    Secret: [core],
    Service: [core],
    ServiceAccount: [core],
    DaemonSet: ["apps", "extensions"],
    Deployment: ["apps", "extensions"],
    ReplicaSet: ["apps", "extensions"],
    StatefulSet: ["apps"],
    CronJob: ["batch"],
    Job: ["batch"],
    HorizontalPodAutoscaler: ["autoscaling", "extensions"],
    PodDisruptionBudget: ["policy"],
    Ingress: networking,
    IngressClass: networking,
    NetworkPolicy: networking,
    StorageClass: ["storage.k8s.io"],
    ClusterRole: rbac,
    ClusterRoleBinding: rbac,
    Role: rbac,
    RoleBinding: rbac,
    CustomResourceDefinition: ["apiextensions.k8s.io"],
  }),
);
