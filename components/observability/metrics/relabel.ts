/** Steps of relabelling: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */
export interface Relabel {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: "keep" | "drop" | "labeldrop";
}

/** Keeps what matches; several labels are joined by `;`. */
export function keep(labels: string | readonly string[], regex: string): Relabel {
  return { source_labels: listOf(labels), regex, action: "keep" };
}

/** Drops what matches. */
export function drop(labels: string | readonly string[], regex: string): Relabel {
  return { source_labels: listOf(labels), regex, action: "drop" };
}

/** Takes a label over under another name. */
export function copy(from: string, to: string): Relabel {
  return { source_labels: [from], target_label: to };
}

/** Where the labels match, sets one to what the match's groups make; an empty one is removed. */
export function set(
  label: string,
  {
    from,
    regex,
    to,
  }: { readonly from: string | readonly string[]; readonly regex: string; readonly to: string },
): Relabel {
  return { source_labels: listOf(from), regex, target_label: label, replacement: to };
}

/** Sets a label to a value. */
export function constant(label: string, value: string): Relabel {
  return { target_label: label, replacement: value };
}

/** Removes labels by name. */
export function without(names: string): Relabel {
  return { regex: names, action: "labeldrop" };
}

/** The workload in the name of a pod: of a Deployment, a Job or a CronJob; of a StatefulSet; of a DaemonSet. */
const podNames = [
  { regex: "(.+?)(?:-[a-z0-9]{6,10})?-[a-z0-9]{5}", to: "$1" },
  { regex: "(.+)-[0-9]+", to: "$1" },
] as const;

/** Names the workload of what is about one of its pods. */
export function workloadOfPod(pod: string): Relabel[] {
  return podNames.map(({ regex, to }) => set("workload", { from: pod, regex, to }));
}

/** A StatefulSet of the operator of Prometheus has the kind of its resource before the name of that. */
export function workloadOfOperator(): Relabel[] {
  return ["prometheus", "alertmanager"].map((name) =>
    set("workload", { from: "workload", regex: `${name}-${name}`, to: name }),
  );
}

function listOf(labels: string | readonly string[]): readonly string[] {
  return typeof labels === "string" ? [labels] : labels;
}
