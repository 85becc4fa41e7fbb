import { jobsOf, type Prometheus, prometheusesOf } from "../objects/prometheus.ts";
import type { Stack } from "../objects/stack.ts";
import { type Fields, fields, list, text, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Prometheus scrapes what it is told to keep; a mark that nothing carries keeps nothing. */
export const scrapeAnnotations = stackRule({
  name: "scrape-annotations",
  severity: "mandatory",
  description: "The annotations and labels that a Prometheus keeps pods or Services by are on some of them.",
  why: "The job finds no target, and says nothing of it.",
  reference: "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config",
  check(stack) {
    return prometheusesOf(stack).flatMap((prometheus) => {
      const asked = jobsOf(prometheus).flatMap(({ name, job }) =>
        marksOf(job).map((mark) => ({ name, mark, carriers: carriersOf(stack, prometheus, job, mark) })),
      );
      // A chart brings jobs for all that may be marked one day: where one of them finds something, the others wait for it.
      if (asked.some(({ mark, carriers }) => carriers.some((one) => isMarked(one, mark)))) return [];
      return asked
        .filter(({ carriers }) => carriers.length > 0)
        .map(({ name, mark: { holder, sort, label } }) => ({
          object: prometheus.file.configMap,
          path: prometheus.path,
          problem: `job ${name} keeps what has ${sort} ${label}, and no ${holder} of the set has it`,
          fix: `Write it on the ${holder}s that have metrics, or keep them by something that they have, such as the name of a port`,
        }));
    });
  },
});

interface Mark {
  readonly holder: "pod" | "service";
  readonly sort: "annotation" | "label";
  /** Its name as Prometheus spells it, such as `prometheus_io_scrape`. */
  readonly label: string;
  readonly value: RegExp;
}

function marksOf(job: Fields): Mark[] {
  return list(job.relabel_configs).flatMap((item) => {
    const { action, source_labels, regex } = fields(item);
    const sources = list(source_labels);
    const [, holder, sort, label] =
      /^__meta_kubernetes_(pod|service)_(annotation|label)(?:present)?_(\w+)$/.exec(text(sources[0]) ?? "") ??
      [];
    if (action !== "keep" || sources.length !== 1 || label === undefined) return [];
    const value = expression(regex);
    return value ? [{ holder, sort, label, value } as Mark] : [];
  });
}

/** Prometheus anchors its expressions; undefined for one that only RE2 knows. */
function expression(given: unknown): RegExp | undefined {
  try {
    return new RegExp(`^(?:${given === undefined ? ".*" : String(given)})$`);
  } catch {
    return undefined;
  }
}

/** Annotations or labels of everything in the set that the job discovers. */
function carriersOf(stack: Stack, { workload }: Prometheus, job: Fields, { holder, sort }: Mark): Fields[] {
  const places = namespacesOf(job, workload.namespace);
  const isDiscovered = ({ namespace }: { readonly namespace: string }) => places?.includes(namespace) ?? true;
  if (holder === "pod")
    return stack.workloads
      .filter(isDiscovered)
      .map(({ pod, labels }) => (sort === "label" ? labels : pod.annotations.values));
  return stack
    .ofKind("Service")
    .filter(isDiscovered)
    .map(({ content }) => fields(fields(content.metadata)[sort === "label" ? "labels" : "annotations"]));
}

/** Namespaces that a job looks into; undefined for all. */
function namespacesOf(job: Fields, own: string): string[] | undefined {
  const given = list(job.kubernetes_sd_configs).map((one) => fields(fields(one).namespaces));
  const names = given.map(({ names, own_namespace }) => [
    ...list(names).flatMap((name) => text(name) ?? []),
    ...(own_namespace === true ? [own] : []),
  ]);
  return names.some((some) => some.length === 0) ? undefined : names.flat();
}

/** A value that a preview does not know yet may be the right one. */
function isMarked(carrier: Fields, { label, value }: Mark): boolean {
  const values = texts(carrier);
  return Object.keys(carrier).some((key) => {
    const known = values[key];
    return key.replace(/\W/g, "_") === label && (known === undefined || value.test(known));
  });
}
