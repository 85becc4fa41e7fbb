import { containersOf, podSpecOf } from "../objects/pods.ts";
import { commandOf, probesOf, scriptOf } from "../objects/probes.ts";
import { objectRule } from "../rule.ts";

/** Readiness asks what clients need. */
export const tellingProbes = objectRule({
  name: "telling-probes",
  severity: "advisory",
  description: "The readiness probe of a database logs in as its clients do.",
  why: "The pod is ready while every client is refused.",
  reference: "https://www.postgresql.org/docs/current/app-pg-isready.html",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod)
      .flatMap(probesOf)
      .filter(({ sort }) => sort === "readinessProbe")
      .flatMap((probe) => {
        const script = scriptOf(commandOf(probe));
        const tool = /^(?:exec\s+)?(?:\S*\/)?(pg_isready|mysqladmin|mariadb-admin)\b/.exec(script)?.[1];
        if (!tool || (tool !== "pg_isready" && !/\bping\b/.test(script))) return [];
        const problem = `${probe.who} asks ${tool}, which is content when logins are refused`;
        return [
          {
            path: `${probe.path}.exec.command`,
            problem,
            fix: "Log in and ask for something, such as SELECT 1",
          },
        ];
      });
  },
});
