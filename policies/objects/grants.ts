import type { Stack, StackObject, Workload } from "./stack.ts";
import { fields, ifKnown, list, text } from "./values.ts";

/** A question to RBAC. */
interface Asked {
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
  /** Whether any binding of the set is for the account, or for accounts like it; not those for everybody who can log in. */
  mentions(namespace: string, account: string): boolean;
}

export function grantsOf(stack: Stack): Grants {
  const bindings = [...stack.ofKind("RoleBinding"), ...stack.ofKind("ClusterRoleBinding")];
  const bySubject = Map.groupBy(
    bindings.flatMap((binding) =>
      list(binding.content.subjects)
        .flatMap((one) => subjectOf(one, binding.namespace))
        .map((subject) => ({ subject, binding })),
    ),
    ({ subject }) => subject,
  );
  const clusterRoles = new Map(stack.ofKind("ClusterRole").map((role) => [role.name, role]));
  const roleOf = ({ content, namespace }: StackObject) => {
    const role = fields(content.roleRef);
    const known = ifKnown(() => text(role.name)) ?? "";
    return role.kind === "Role" ? stack.find("Role", namespace, known) : clusterRoles.get(known);
  };
  const of = (subjects: readonly string[]) => subjects.flatMap((subject) => bySubject.get(subject) ?? []);
  return {
    mentions: (namespace, account) => of(namesOf(namespace, account)).length > 0,
    may: (asked) =>
      of([...namesOf(asked.namespace, asked.account), "group system:authenticated"]).some(({ binding }) => {
        if (binding.kind === "RoleBinding" && binding.namespace !== asked.in) return false;
        const role = roleOf(binding);
        // A role that is not in the set may grant it.
        return !role || list(role.content.rules).some((rule) => allows(rule, asked)) || isAggregated(role);
      }),
  };
}

/** Subjects that an account is as an account: by itself, and in the groups of its namespace and of all. */
function namesOf(namespace: string, account: string): string[] {
  return [
    `account ${namespace} ${account}`,
    `group system:serviceaccounts:${namespace}`,
    "group system:serviceaccounts",
  ];
}

function subjectOf(item: unknown, ofBinding: string): string[] {
  const subject = fields(item);
  const name = ifKnown(() => text(subject.name));
  if (name === undefined) return [];
  if (subject.kind === "ServiceAccount")
    return [`account ${ifKnown(() => text(subject.namespace)) ?? ofBinding} ${name}`];
  const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(name) ?? [];
  if (namespace !== undefined) return [`account ${namespace} ${account}`];
  return [`${subject.kind === "Group" ? "group" : "user"} ${name}`];
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
type MayAsk = (namespace: string, verbs: readonly string[], resource: string) => boolean;

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
