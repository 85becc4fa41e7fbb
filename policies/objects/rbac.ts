import { coreGroup, groupsOfResources } from "../data/rbac-groups.ts";
import type { Stack, StackObject } from "./stack.ts";
import { type Fields, fields, ifKnown, list, text } from "./values.ts";

/** What a Role or ClusterRole grants in one of its rules. */
export interface RoleRule {
  readonly object: StackObject;
  /** Such as `rules[0]`. */
  readonly path: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly urls: readonly string[];
  /** It is for objects of some names only. */
  readonly isNamed: boolean;
}

/** Roles that Kubernetes makes itself, which dumps of clusters hold. */
const ownRoles = /^(?:system:.*|cluster-admin|admin|edit|view)$/;

export function roleRulesOf(
  stack: Stack,
  kinds: readonly ("Role" | "ClusterRole")[] = ["Role", "ClusterRole"],
): RoleRule[] {
  return kinds
    .flatMap((kind) => stack.ofKind(kind))
    .filter(({ name }) => !ownRoles.test(name))
    .flatMap((object) =>
      list(object.content.rules).map((item, index) => {
        const rule = fields(item);
        return {
          object,
          path: `rules[${index}]`,
          groups: words(rule.apiGroups),
          resources: words(rule.resources),
          verbs: words(rule.verbs),
          urls: words(rule.nonResourceURLs),
          isNamed: list(rule.resourceNames).length > 0,
        };
      }),
    );
}

function words(value: unknown): string[] {
  return list(value).flatMap((word) => text(word) ?? []);
}

/** Verbs that are answered with whole objects, as those are that change them; `update` has to be told what it is to say. */
export const readingVerbs: readonly string[] = ["get", "list", "watch", "patch", "deletecollection"];

/**
 * Which resources of a rule are some that are looked for, with a verb out of some; `*` alone is another rule's. Before the name
 * of a subresource it stands for all resources; after that of a resource, as in `pods/*`, for nothing.
 */
export function namedResources(grant: RoleRule, wanted: readonly string[], by: readonly string[]): string[] {
  const { resources, verbs, groups } = grant;
  if (!verbs.some((verb) => verb === "*" || by.includes(verb))) return [];
  const meant = wanted.filter((one) => {
    const own = groupsOfResources.get(one) ?? [coreGroup];
    return groups.some((group) => group === "*" || own.includes(group));
  });
  return resources.filter((resource) =>
    meant.some(
      (one) => one === resource || (resource.startsWith("*/") && one.endsWith(resource.slice("*".length))),
    ),
  );
}

/** Path of what makes a rule grant one of some verbs: its resources, or its verbs where `*` alone does. */
export function grantingField({ path, verbs }: RoleRule, by: readonly string[]): string {
  return `${path}.${verbs.some((verb) => by.includes(verb)) ? "resources" : "verbs"}`;
}

/** A RoleBinding or ClusterRoleBinding. */
interface Binding {
  readonly object: StackObject;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

interface Subject {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
}

export function bindingsOf(stack: Stack): Binding[] {
  return [...stack.ofKind("ClusterRoleBinding"), ...stack.ofKind("RoleBinding")].map((object) => {
    const ref = fields(object.content.roleRef);
    return {
      object,
      role: { kind: textOf(ref, "kind"), name: textOf(ref, "name") },
      subjects: list(object.content.subjects).map((item, index) => {
        const subject = fields(item);
        return { path: `subjects[${index}]`, kind: textOf(subject, "kind"), name: textOf(subject, "name") };
      }),
    };
  });
}

function textOf(holder: Fields, key: string): string {
  return ifKnown(() => text(holder[key])) ?? "";
}

/** Whether a ClusterRole is given by RoleBindings alone, each of which is for one namespace; all that is seen are the set's. */
export function isForNamespacesOnly(bindings: readonly Binding[]): (role: StackObject) => boolean {
  const kinds = Map.groupBy(
    bindings.filter(({ role }) => role.kind === "ClusterRole"),
    ({ role }) => role.name,
  );
  return ({ name }) => kinds.get(name)?.every(({ object }) => object.kind === "RoleBinding") ?? false;
}
