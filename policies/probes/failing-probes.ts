import { containersOf, podSpecOf } from "../objects/pods.ts";
import { commandOf, probesOf, scriptOf } from "../objects/probes.ts";
import { objectRule } from "../rule.ts";

/** A probe can fail. */
export const failingProbes = objectRule({
  name: "failing-probes",
  severity: "mandatory",
  description: "The command of a probe fails when the answer is wrong.",
  why: "The pod counts as well whatever happens to it.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#check-mechanisms",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod)
      .flatMap(probesOf)
      .flatMap((probe) => {
        const script = scriptOf(commandOf(probe));
        const cause = causes.find(({ pattern }) => pattern.test(script));
        if (script === "" || !cause) return [];
        return [
          { path: `${probe.path}.exec.command`, problem: `${probe.who} ${cause.problem}`, fix: cause.fix },
        ];
      });
  },
});

const causes = [
  {
    pattern: /^(\S*\/)?(true|:|echo\b.*|exit 0|sleep \S+)$/,
    problem: "always succeeds",
    fix: "Ask the program something, or leave the probe out",
  },
  {
    pattern: /\|\|\s*(true|:|exit 0)\s*$/,
    problem: "succeeds also when its command fails",
    fix: "Let the failure through",
  },
  {
    // Flag -e (Redis 7) ends with the error; a comparison of what is printed does as well.
    pattern: /^(\S*\/)?redis-cli\b(?!.*\s-e\b)[^|=]*\bping\s*$/i,
    problem: "succeeds also when Redis refuses, as redis-cli prints the error and ends well",
    fix: "Compare what it prints with PONG, or give it -e",
  },
] as const;
