import { isSingleWriter, mostPods, type UsedClaim, usedClaims } from "../objects/claims.ts";
import { scalersOf } from "../objects/scaling.ts";
import { stackRule } from "../rule.ts";

/** Judged where claim and workload are both in the set: only the claim says who may write. */
export const sharedClaims = stackRule({
  name: "shared-claims",
  severity: "mandatory",
  description: "A claim that one node may use is used by one pod.",
  why: "A second pod stays pending as soon as it is placed on another node.",
  reference: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
  check(stack) {
    const scalers = scalersOf(stack);
    const single = usedClaims(stack).filter(({ claim }) => isSingleWriter(claim));
    const users = Map.groupBy(single, ({ claim }) => claim);
    return single.flatMap((used) => {
      const { workload, claim, path } = used;
      const because = reasonOf(used, mostPods(workload, scalers), users.get(claim) ?? []);
      if (because === undefined) return [];
      return [
        {
          object: workload,
          path,
          problem: `claim ${claim.name} can be used on one node at a time, but ${because}`,
          fix: "Give each pod its own (volumeClaimTemplates of a StatefulSet, or scratch space), or use a class with ReadWriteMany",
        },
      ];
    });
  },
});

function reasonOf(
  { workload }: UsedClaim,
  most: number | undefined,
  users: readonly UsedClaim[],
): string | undefined {
  if (most === undefined) return "a pod of each node uses it";
  if (most > 1) return `up to ${most} pods use it`;
  const others = new Set(
    users
      .map((user) => user.workload)
      // Two documents for one object are two ways to write it.
      .filter(({ kind, name }) => kind !== workload.kind || name !== workload.name),
  );
  const names = [...others].map(({ kind, name }) => `${kind} ${name}`);
  return names.length > 0 ? `${names.join(", ")} uses it, too` : undefined;
}
