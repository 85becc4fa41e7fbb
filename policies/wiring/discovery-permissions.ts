import { accountOf, type Grants, grantsOf } from "../objects/grants.ts";
import { jobsOf, prometheusesOf, type ScrapeJob } from "../objects/prometheus.ts";
import type { Stack, Workload } from "../objects/stack.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** Prometheus discovers by asking the API server, and must be allowed to. */
export const discoveryPermissions = stackRule({
  name: "discovery-permissions",
  severity: "mandatory",
  description:
    "The account of a Prometheus that discovers its targets may list and watch them, and has its token.",
  why: "Prometheus finds no target, and its log alone says why.",
  reference: "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config",
  check(stack) {
    const grants = grantsOf(stack);
    return prometheusesOf(stack).flatMap((prometheus): StackViolation[] => {
      const { workload } = prometheus;
      const needs = jobsOf(prometheus).flatMap((job) => needsOf(job, workload.namespace));
      if (needs.length === 0) return [];
      const account = accountOf(workload);
      if (account === undefined) return [];
      const token = tokenProblem(stack, workload, account);
      if (token) return [{ object: workload, ...token }];
      // An account that the set does not make, and grants nothing, is made elsewhere, with its rights.
      const isKnown = account === "default" || stack.find("ServiceAccount", workload.namespace, account);
      if (!isKnown && !grants.mentions(workload.namespace, account)) return [];
      const lacking = needs.filter((need) => !isGranted(grants, workload.namespace, account, need));
      if (lacking.length === 0) return [];
      const what = [...new Set(lacking.map(({ resource }) => resource))].join(", ");
      const jobs = [...new Set(lacking.map(({ job }) => job))].join(", ");
      return [
        {
          object: workload,
          path: `${workload.pod.path}.serviceAccountName`,
          problem: `job ${jobs} discovers ${what}, and account ${account} may not list and watch them`,
          fix:
            account === "default"
              ? "Make an account for it, name it here, and bind it to a role that may get, list and watch them"
              : "Bind the account to a role that may get, list and watch them",
        },
      ];
    });
  },
});

/** What each role of discovery reads: the permissions in Prometheus' own documentation. */
const resourcesOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    pod: ["pods"],
    service: ["services"],
    endpoints: ["endpoints", "services", "pods"],
    endpointslice: ["endpointslices", "services", "pods"],
    node: ["nodes"],
    ingress: ["ingresses"],
  }),
);

interface Need {
  readonly job: string;
  readonly resource: string;
  /** Undefined: of the whole cluster. */
  readonly namespace: string | undefined;
}

function needsOf({ name, job }: ScrapeJob, own: string): Need[] {
  return list(job.kubernetes_sd_configs).flatMap((item) => {
    const { role, namespaces, api_server, kubeconfig_file } = fields(item);
    // Another cluster has its own accounts.
    if (isSet(api_server) || isSet(kubeconfig_file)) return [];
    const { names, own_namespace } = fields(namespaces);
    const places = [
      ...list(names).flatMap((one) => text(one) ?? []),
      ...(own_namespace === true ? [own] : []),
    ];
    return (resourcesOf.get(text(role) ?? "") ?? []).flatMap((resource): Need[] =>
      places.length === 0 || resource === "nodes"
        ? [{ job: name, resource, namespace: undefined }]
        : places.map((namespace) => ({ job: name, resource, namespace })),
    );
  });
}

function isGranted(grants: Grants, own: string, account: string, { resource, namespace }: Need): boolean {
  return ["list", "watch"].every((verb) =>
    grants.may({ namespace: own, account, verb, resource, in: namespace }),
  );
}

function tokenProblem(
  stack: Stack,
  { namespace, pod }: Workload,
  account: string,
): { path: string; problem: string; fix: string } | undefined {
  const own = pod.spec.automountServiceAccountToken;
  const given = own ?? stack.find("ServiceAccount", namespace, account)?.content.automountServiceAccountToken;
  const isProjected = list(pod.spec.volumes).some((volume) =>
    list(fields(fields(volume).projected).sources).some((source) =>
      isSet(fields(source).serviceAccountToken),
    ),
  );
  if (given !== false || isProjected) return undefined;
  return {
    path: `${pod.path}.automountServiceAccountToken`,
    problem: "it discovers its targets, and its pods have no token to ask the API server with",
    fix: "Write automountServiceAccountToken: true",
  };
}
