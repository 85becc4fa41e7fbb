import { type Operator, operatorIds, operators } from "../contract/operators.ts";
import { recipes } from "./charts.ts";

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** The table of versions in docs/cluster.md. */
export function operatorMatrix(): string {
  const rows = operatorIds.map((id) => {
    const { title, namespace, version, below, kubernetes }: Operator = operators[id];
    const range = kubernetes ? `${kubernetes.oldest} to ${kubernetes.newest}` : "";
    return row([
      title,
      `\`${id}\``,
      namespace ? `\`${namespace}\`` : "",
      version,
      `${version} to below ${below}`,
      range,
    ]);
  });
  const head = row([
    "operator",
    "key",
    "namespace",
    "installed",
    "accepted by platform stacks",
    "Kubernetes",
  ]);
  return [head, "|---|---|---|---|---|---|", ...rows].join("\n");
}

/** The table of charts in docs/cluster.md. */
export function chartTable(): string {
  const rows = Object.entries(recipes({ longhornMayBeDeleted: false })).flatMap(
    ([id, { after, manifest, charts }]) => [
      ...(manifest === undefined ? [] : [row([`\`${id}\``, manifest, "", "manifest", after.join(", ")])]),
      ...charts.map(({ chart, repository, version, by }) =>
        row([
          `\`${id}\``,
          repository === undefined ? chart : `${chart} of ${repository}`,
          version,
          by,
          after.join(", "),
        ]),
      ),
    ],
  );
  return [row(["operator", "chart", "version", "by", "after"]), "|---|---|---|---|---|", ...rows].join("\n");
}
