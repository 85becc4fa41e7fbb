import type { Stack, StackObject, Workload } from "./stack.ts";
import { fields, ifKnown, list, text } from "./values.ts";

/** A question to RBAC. */
export interface Asked {
  /** Namespace of the account. */
  readonly namespace: string;
  readonly account: string;
  readonly verb: string;
  /** Plural of a kind, such as `pods`. */
  readonly resource: string;
  /** Namespace of what is asked for; undefined for the whole cluster. */
  readonly in: string | undefined;
}

/** What the bindings of a set grant to accounts. */
export interface Grants {
  may(asked: Asked): boolean;
  /** Whether any binding of the set is for the account. */
  mentions(namespace: string, account: string): boolean;
}

export function grantsOf(stack: Stack): Grants {
  const bindings = [...stack.ofKind("RoleBinding"), ...stack.ofKind("ClusterRoleBinding")].map((binding) => ({
    binding,
    subjects: new Set(list(binding.content.subjects).flatMap((one) => subjectOf(one, binding.namespace))),
  }));
  const clusterRoles = new Map(stack.ofKind("ClusterRole").map((role) => [role.name, role]));
  const roleOf = ({ content, namespace }: StackObject) => {
    const { kind, name } = fields(content.roleRef);
    const known = ifKnown(() => text(name)) ?? "";
    return kind === "Role" ? stack.find("Role", namespace, known) : clusterRoles.get(known);
  };
  const of = (namespace: string, account: string) =>
    bindings.filter(({ subjects }) =>
      [
        `account ${namespace} ${account}`,
        `group system:serviceaccounts:${namespace}`,
        "group system:serviceaccounts",
        "group system:authenticated",
      ].some((subject) => subjects.has(subject)),
    );
  return {
    mentions: (namespace, account) => of(namespace, account).length > 0,
    may: (asked) =>
      of(asked.namespace, asked.account).some(({ binding }) => {
        if (binding.kind === "RoleBinding" && binding.namespace !== asked.in) return false;
        const role = roleOf(binding);
        // A role that is not in the set may grant it.
        return !role || list(role.content.rules).some((rule) => allows(rule, asked)) || isAggregated(role);
      }),
  };
}

function subjectOf(item: unknown, ofBinding: string): string[] {
  const { kind, name, namespace } = fields(item);
  const known = ifKnown(() => text(name));
  if (known === undefined) return [];
  if (kind === "ServiceAccount") return [`account ${text(namespace) ?? ofBinding} ${known}`];
  const [, own, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(known) ?? [];
  return own === undefined
    ? [`${kind === "Group" ? "group" : "user"} ${known}`]
    : [`account ${own} ${account}`];
}

function allows(rule: unknown, { verb, resource }: Asked): boolean {
  const { verbs, resources } = fields(rule);
  return has(verbs, verb) && has(resources, resource);
}

function has(given: unknown, wanted: string): boolean {
  return list(given).some((one) => one === wanted || one === "*");
}

function isAggregated({ content }: StackObject): boolean {
  return content.aggregationRule !== undefined;
}

/** The account that a workload's pods run as; undefined where a preview does not know it yet. */
export function accountOf({ pod }: Workload): string | undefined {
  return ifKnown(() => text(pod.spec.serviceAccountName) ?? text(pod.spec.serviceAccount) ?? "default");
}

/** Whether some workload of a namespace may do something with the objects of a kind there, by asking the API server. */
export type MayAsk = (namespace: string, verbs: readonly string[], resource: string) => boolean;

export function askersOf(stack: Stack): MayAsk {
  const grants = grantsOf(stack);
  const byNamespace = Map.groupBy(stack.workloads, ({ namespace }) => namespace);
  const answers = new Map<string, boolean>();
  return (namespace, verbs, resource) => {
    const question = `${namespace} ${verbs.join()} ${resource}`;
    const known = answers.get(question);
    if (known !== undefined) return known;
    const accounts = new Set(
      (byNamespace.get(namespace) ?? []).flatMap((workload) => accountOf(workload) ?? []),
    );
    const answer = [...accounts].some((account) =>
      verbs.some((verb) => grants.may({ namespace, account, verb, resource, in: namespace })),
    );
    answers.set(question, answer);
    return answer;
  };
}
