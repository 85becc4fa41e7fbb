import { posix } from "node:path";
import { parse } from "yaml";
import { imageName } from "./images.ts";
import { commandLine, type MountedFile, type MountedFiles, mountedFiles } from "./mounted-files.ts";
import type { Stack, Workload } from "./stack.ts";
import { memberPath } from "./texts.ts";
import { type Fields, fields, list, text } from "./values.ts";

/** A Prometheus server whose configuration is in the set. */
export interface Prometheus {
  readonly workload: Workload;
  /** The file, and its path in its ConfigMap. */
  readonly file: MountedFile;
  readonly path: string;
  readonly mounted: MountedFiles;
  readonly configuration: Fields;
}

/** A job of `scrape_configs`. https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config */
export interface ScrapeJob {
  readonly name: string;
  readonly job: Fields;
}

export function prometheusesOf(stack: Stack): Prometheus[] {
  return stack.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => {
      if (!container.isLasting || imageName(text(container.container.image) ?? "").name !== "prometheus")
        return [];
      const mounted = mountedFiles(stack, workload, container);
      const wanted = optionOf(commandLine(container), "config.file") ?? "/etc/prometheus/prometheus.yml";
      const file = mounted.files.find((one) => one.file === posix.resolve("/", wanted));
      const configuration = file && parsed(file.content);
      if (!file || !configuration) return [];
      return [{ workload, file, mounted, configuration, path: memberPath("data", file.key) }];
    }),
  );
}

export function jobsOf({ configuration }: Prometheus): ScrapeJob[] {
  return list(configuration.scrape_configs).map((item, index) => {
    const job = fields(item);
    return { name: text(job.job_name) ?? String(index), job };
  });
}

/** The value of an option, as `--NAME=VALUE` or `--NAME VALUE`. */
export function optionOf(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[at + 1];
}

/** The mapping that a text in YAML is; undefined for anything else. */
export function parsed(content: string): Fields | undefined {
  try {
    return fields(parse(content, { maxAliasCount: 100, logLevel: "silent" }));
  } catch {
    // A broken file is its server's to report.
    return undefined;
  }
}
