import { z } from "zod";
import { namesCredential, wordsOf } from "../objects/credentials.ts";
import { referencesOf } from "../objects/references.ts";
import { entriesOf } from "../objects/secrets.ts";
import type { Stack } from "../objects/stack.ts";
import { stackRule } from "../rule.ts";

/** A Secret of one server may have several passwords, and one reader many; both together say that it is for everything. */
export const separateSecrets = stackRule({
  name: "separate-secrets",
  severity: "advisory",
  description: "A Secret holds what opens one thing.",
  why: "Whoever may read the Secret for one of them has all of them, and one cannot be changed without touching the others.",
  reference: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/#least-privilege-secrets",
  options: z.object({
    subjects: z
      .int()
      .min(2)
      .default(3)
      .meta({ description: "Number of things opened by one Secret from which on it is refused." }),
    readers: z
      .int()
      .min(1)
      .default(2)
      .meta({ description: "Number of workloads that read it from which on it is refused." }),
  }),
  check(stack, options) {
    const readers = readersOfSecrets(stack);
    return stack.ofKind("Secret").flatMap((object) => {
      const secrets = entriesOf(object.content).filter(({ key }) => namesCredential(key));
      const subjects = new Set(secrets.map(({ key }) => wordsOf(key)[0] ?? ""));
      const workloads = readers.get(`${object.namespace}/${object.name}`)?.size ?? 0;
      const [first] = secrets;
      if (!first || subjects.size < options.subjects || workloads < options.readers) return [];
      const reading = workloads === 1 ? "1 workload reads" : `${workloads} workloads read`;
      return [
        {
          object,
          path: first.field,
          problem: `it holds credentials for ${subjects.size} things (${[...subjects].join(", ")}), and ${reading} it`,
          fix: "Make a Secret for each, and give each workload those that it needs",
        },
      ];
    });
  },
});

/** Workloads that read a Secret, by its namespace and name. */
function readersOfSecrets(stack: Stack): Map<string, Set<object>> {
  const readers = new Map<string, Set<object>>();
  for (const workload of stack.workloads)
    for (const { kind, name } of referencesOf(workload)) {
      if (kind !== "Secret") continue;
      const key = `${workload.namespace}/${name}`;
      readers.set(key, (readers.get(key) ?? new Set()).add(workload));
    }
  return readers;
}
