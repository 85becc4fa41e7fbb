import type { Engine } from "../data/servers.ts";
import { mostPods } from "../objects/claims.ts";
import { containersOf } from "../objects/pods.ts";
import { scalersOf } from "../objects/scaling.ts";
import { type Server, serversOf, withoutComments } from "../objects/servers.ts";
import { list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Servers whose images start alone; any word of replication around them is taken for its being set up. */
export const loneServers = stackRule({
  name: "lone-servers",
  severity: "mandatory",
  description: "Several pods of a database are set up to replicate.",
  why: "Each pod has data of its own behind one name: what one was told, the others do not know.",
  reference: "https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/",
  check(stack) {
    const scalers = scalersOf(stack);
    return serversOf(stack).flatMap((server) => {
      const { workload, container, engine, image } = server;
      const most =
        workload.kind === "DaemonSet" || workload.kind === "Pod" ? 1 : (mostPods(workload, scalers) ?? 1);
      if (!alone.has(engine) || most < 2 || mayReplicate(server)) return [];
      return [
        {
          object: workload,
          path: "spec.replicas",
          problem: `up to ${most} pods run ${image} (container ${container.name}), and nothing makes them replicate`,
          fix: "Run one pod, or have an operator or a chart set up its replication",
        },
      ];
    });
  },
});

const alone = new Set<Engine>(["postgres", "mysql", "mongodb", "redis"]);

const replication =
  /replica|slave|cluster|sentinel|replset|primary_conninfo|basebackup|standby|galera|wsrep|xtrabackup|patroni|repmgr|stolon|pgpool|join|peer|leader|master_host|source_host/i;

function mayReplicate({ workload, words, env, mounted }: Server): boolean {
  if (env.hasMore || [...env.values.keys()].some((name) => replication.test(name))) return true;
  // Other containers, and scripts that the set does not show, may set it up; a server's own data does not.
  const others = containersOf(workload.pod).map(({ container }) => container);
  const around = others.flatMap(({ image, command, args, lifecycle }) => [
    text(image) ?? "",
    ...[...list(command), ...list(args)].flatMap((word) => text(word) ?? []),
    JSON.stringify(lifecycle ?? {}),
  ]);
  const known = [...around, ...mounted.files.map(({ content }) => withoutComments(content))];
  if (known.some((one) => replication.test(one))) return true;
  return words.some((word) =>
    mounted.unknown.some((place) => word.includes(place) && /\.(?:sh|conf|cnf|py)\b/.test(word)),
  );
}
