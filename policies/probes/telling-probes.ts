import { containersOf, podSpecOf } from "../objects/pods.ts";
import { commandOf, probesOf, scriptOf } from "../objects/probes.ts";
import { objectRule } from "../rule.ts";

/** Readiness asks what clients need. */
export const tellingProbes = objectRule({
  name: "telling-probes",
  severity: "advisory",
  description: "The readiness probe of a database logs in as its clients do.",
  why: "The pod is ready while every client is refused.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#readiness-probe",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod)
      .flatMap(probesOf)
      .filter(({ sort }) => sort === "readinessProbe")
      .flatMap((probe) => {
        const script = scriptOf(commandOf(probe));
        const asked = tools.find(({ pattern }) => pattern.test(script));
        if (!asked) return [];
        const problem = `${probe.who} asks ${asked.tool}, which is content when logins are refused (${asked.source})`;
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

/** Programs that ask a server whether it is there, each with the page that says what contents them. */
const tools = [
  {
    tool: "pg_isready",
    pattern: /^(?:exec\s+)?(?:\S*\/)?pg_isready\b/,
    source: "https://www.postgresql.org/docs/current/app-pg-isready.html",
  },
  {
    tool: "mysqladmin",
    pattern: /^(?:exec\s+)?(?:\S*\/)?mysqladmin\b.*\bping\b/s,
    source: "https://dev.mysql.com/doc/refman/8.4/en/mysqladmin.html",
  },
  {
    tool: "mariadb-admin",
    pattern: /^(?:exec\s+)?(?:\S*\/)?mariadb-admin\b.*\bping\b/s,
    source: "https://mariadb.com/kb/en/mariadb-admin/",
  },
] as const;
