import type { Container } from "./pods.ts";
import type { Workload } from "./stack.ts";
import { type Fields, fields, isSet, list, text } from "./values.ts";

type ProbeSort = "startupProbe" | "livenessProbe" | "readinessProbe";

/** A probe of a container. */
interface Probe {
  readonly path: string;
  readonly sort: ProbeSort;
  /** Such as `readiness probe of container web`. */
  readonly who: string;
  readonly probe: Fields;
}

const words: Readonly<Record<ProbeSort, string>> = {
  startupProbe: "startup",
  livenessProbe: "liveness",
  readinessProbe: "readiness",
};

const sorts = Object.keys(words) as ProbeSort[];

/** The probes that a container has. */
export function probesOf({ path, name, container }: Container): Probe[] {
  return sorts
    .filter((sort) => isSet(container[sort]))
    .map((sort) => ({
      path: `${path}.${sort}`,
      sort,
      who: `${words[sort]} probe of container ${name}`,
      probe: fields(container[sort]),
    }));
}

/** The words of a probe's command; none where it has another way. */
export function commandOf({ probe }: Probe): string[] {
  return list(fields(probe.exec).command).flatMap((word) => text(word) ?? []);
}

/** What a command runs, whether a shell is given it as one text or not. */
export function scriptOf(command: readonly string[]): string {
  const [program = "", flag = "", script] = command;
  const isShell = /(^|\/)(ba|da|a|z|k)?sh$/.test(program) && /^-\w*c$/.test(flag);
  return (isShell && script !== undefined ? script : command.join(" ")).trim();
}

/**
 * The containers of a workload that listen: those that say so by ports, which are a mere explanation, and the only one that
 * lasts where a Service leads to it.
 */
export function listening(workload: Workload, isServed: boolean): Container[] {
  const lasting = workload.containers.filter(({ isLasting }) => isLasting);
  return isServed && lasting.length === 1
    ? lasting
    : lasting.filter(({ container }) => list(container.ports).length > 0);
}
