import type { Container } from "./pods.ts";
import { type Fields, fields, isSet, list, text } from "./values.ts";

export type ProbeSort = "startupProbe" | "livenessProbe" | "readinessProbe";

/** A probe of a container. */
export interface Probe {
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

/** Whether a container says that it listens. */
export function listens({ container }: Container): boolean {
  return list(container.ports).length > 0;
}
