/** An API that newer versions of Kubernetes do not serve any more. */
interface RemovedApi {
  readonly apiVersion: string;
  /** Kinds that were removed with it; all of that version where there is no list. */
  readonly kinds?: readonly string[];
  /** First version of Kubernetes without it. */
  readonly since: string;
  /** What to write instead. */
  readonly instead: string;
}

/** https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
export const goneApiVersions: readonly RemovedApi[] = [
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["Deployment", "DaemonSet", "ReplicaSet"],
    since: "1.16",
    instead: "apps/v1",
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["NetworkPolicy"],
    since: "1.16",
    instead: "networking.k8s.io/v1",
  },
  { apiVersion: "extensions/v1beta1", kinds: ["Ingress"], since: "1.22", instead: "networking.k8s.io/v1" },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["PodSecurityPolicy"],
    since: "1.16",
    instead: "Pod Security admission",
  },
  { apiVersion: "apps/v1beta1", since: "1.16", instead: "apps/v1" },
  { apiVersion: "apps/v1beta2", since: "1.16", instead: "apps/v1" },
  {
    apiVersion: "networking.k8s.io/v1beta1",
    kinds: ["Ingress", "IngressClass"],
    since: "1.22",
    instead: "networking.k8s.io/v1",
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1alpha1",
    since: "1.23",
    instead: "rbac.authorization.k8s.io/v1",
  },
  { apiVersion: "rbac.authorization.k8s.io/v1beta1", since: "1.22", instead: "rbac.authorization.k8s.io/v1" },
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    since: "1.22",
    instead: "admissionregistration.k8s.io/v1",
  },
  { apiVersion: "apiextensions.k8s.io/v1beta1", since: "1.22", instead: "apiextensions.k8s.io/v1" },
  { apiVersion: "apiregistration.k8s.io/v1beta1", since: "1.22", instead: "apiregistration.k8s.io/v1" },
  {
    apiVersion: "authentication.k8s.io/v1beta1",
    kinds: ["TokenReview"],
    since: "1.22",
    instead: "authentication.k8s.io/v1",
  },
  { apiVersion: "authorization.k8s.io/v1beta1", since: "1.22", instead: "authorization.k8s.io/v1" },
  {
    apiVersion: "certificates.k8s.io/v1beta1",
    kinds: ["CertificateSigningRequest"],
    since: "1.22",
    instead: "certificates.k8s.io/v1",
  },
  {
    apiVersion: "coordination.k8s.io/v1beta1",
    kinds: ["Lease"],
    since: "1.22",
    instead: "coordination.k8s.io/v1",
  },
  { apiVersion: "scheduling.k8s.io/v1beta1", since: "1.22", instead: "scheduling.k8s.io/v1" },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    since: "1.22",
    instead: "storage.k8s.io/v1",
  },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["CSIStorageCapacity"],
    since: "1.27",
    instead: "storage.k8s.io/v1",
  },
  { apiVersion: "batch/v1beta1", kinds: ["CronJob"], since: "1.25", instead: "batch/v1" },
  { apiVersion: "batch/v2alpha1", kinds: ["CronJob"], since: "1.21", instead: "batch/v1" },
  {
    apiVersion: "discovery.k8s.io/v1beta1",
    kinds: ["EndpointSlice"],
    since: "1.25",
    instead: "discovery.k8s.io/v1",
  },
  { apiVersion: "events.k8s.io/v1beta1", kinds: ["Event"], since: "1.25", instead: "events.k8s.io/v1" },
  { apiVersion: "policy/v1beta1", kinds: ["PodDisruptionBudget"], since: "1.25", instead: "policy/v1" },
  {
    apiVersion: "policy/v1beta1",
    kinds: ["PodSecurityPolicy"],
    since: "1.25",
    instead: "Pod Security admission",
  },
  { apiVersion: "node.k8s.io/v1beta1", kinds: ["RuntimeClass"], since: "1.25", instead: "node.k8s.io/v1" },
  { apiVersion: "autoscaling/v2beta1", since: "1.25", instead: "autoscaling/v2" },
  { apiVersion: "autoscaling/v2beta2", since: "1.26", instead: "autoscaling/v2" },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta1",
    since: "1.26",
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta2",
    since: "1.29",
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta3",
    since: "1.32",
    instead: "flowcontrol.apiserver.k8s.io/v1",
  },
];
