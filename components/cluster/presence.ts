import {
  installedVersions,
  type Operator,
  type OperatorId,
  oldestKubernetes,
  operators,
} from "../contract/operators.ts";

/** What a cluster has. */
export interface Findings {
  /** Version of its API server, such as `1.36.3`. */
  readonly kubernetes: string;
  /** Version of each operator, as stack `cluster` has written it down; undefined where that was never deployed. */
  readonly installed: Readonly<Partial<Record<string, string>>> | undefined;
}

/** All that keeps a stack that needs these operators from being deployed; nothing is created before it is mended. */
export function presenceProblems(needed: readonly OperatorId[], found: Findings): string[] {
  const { kubernetes, installed } = found;
  const old = isBelow(kubernetes, oldestKubernetes)
    ? [`Kubernetes is ${kubernetes}; the platform needs ${oldestKubernetes} or newer`]
    : [];
  const unsupported = needed.flatMap((id) => kubernetesProblem(id, kubernetes));
  if (needed.length === 0) return old;
  if (installed === undefined) {
    const titles = needed.map((id) => operators[id].title).join(", ");
    return [
      ...old,
      ...unsupported,
      `the ConfigMap ${installedVersions.namespace}/${installedVersions.name} is not there, which says what operators there are; ` +
        `this stack needs ${titles}: deploy the stack cluster first, with operators.NAME.source present for what is there already`,
    ];
  }
  return [...old, ...unsupported, ...needed.flatMap((id) => versionProblem(id, installed[id]))];
}

function kubernetesProblem(id: OperatorId, kubernetes: string): string[] {
  const { title, kubernetes: range }: Operator = operators[id];
  if (!range) return [];
  const isOutside = isBelow(kubernetes, range.oldest) || isBelow(range.newest, minor(kubernetes));
  return isOutside
    ? [`Kubernetes is ${kubernetes}; ${title} supports ${range.oldest} to ${range.newest}`]
    : [];
}

function versionProblem(id: OperatorId, version: string | undefined): string[] {
  const { title, version: oldest, below } = operators[id];
  if (version === undefined) {
    return [
      `${title} is missing: in stack cluster, set operators.${id}.source to install, or to present with its version`,
    ];
  }
  if (isBelow(version, oldest)) {
    return [
      `${title} is ${version}, which is too old: ${oldest} or newer is needed, and below ${below}; upgrade it with stack cluster`,
    ];
  }
  return isBelow(version, below)
    ? []
    : [
        `${title} is ${version}, which is too new: nobody has tried ${below} or newer with this platform; install ${oldest} or newer below that`,
      ];
}

const minor = (version: string) => version.split(".").slice(0, 2).join(".");

/** Whether a version is older than another; numbers that are left out are 0. */
export function isBelow(version: string, other: string): boolean {
  const [one, two] = [version, other].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (one?.[index] ?? 0) - (two?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
