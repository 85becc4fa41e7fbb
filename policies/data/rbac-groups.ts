const rbac = "rbac.authorization.k8s.io";
const admission = "admissionregistration.k8s.io";
const certificates = "certificates.k8s.io";

/** API groups of the resources that rules about roles look for; without its group, a role grants nothing of a resource. */
export const groupsOfResources: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    deployments: ["apps", "extensions"],
    daemonsets: ["apps", "extensions"],
    statefulsets: ["apps"],
    replicasets: ["apps", "extensions"],
    jobs: ["batch"],
    cronjobs: ["batch"],
    roles: [rbac],
    rolebindings: [rbac],
    clusterroles: [rbac],
    clusterrolebindings: [rbac],
    mutatingwebhookconfigurations: [admission],
    validatingwebhookconfigurations: [admission],
    "certificatesigningrequests/approval": [certificates],
    signers: [certificates],
  }),
);

/** The group of everything else here: pods, Secrets, nodes, accounts. */
export const coreGroup = "";
