import { imageName } from "./images.ts";
import { commandLine } from "./mounted-files.ts";
import type { KubernetesObject } from "./object.ts";
import { type Container, containersOf, podSpecOf } from "./pods.ts";
import { ifKnown, list, text } from "./values.ts";

/** A container that runs Prometheus. */
interface PrometheusContainer {
  readonly container: Container;
  readonly words: readonly string[];
}

export function prometheusContainers(object: KubernetesObject): PrometheusContainer[] {
  const pod = podSpecOf(object);
  if (!pod) return [];
  return containersOf(pod)
    .filter(({ container }) => imageName(ifKnown(() => text(container.image)) ?? "").name === "prometheus")
    .map((container) => ({ container, words: commandLine(container) }));
}

/** Path of a switch that is on; undefined where it is not there, or off. */
export function switchPath({ container }: PrometheusContainer, name: string): string | undefined {
  for (const field of ["command", "args"]) {
    const words = list(container.container[field]);
    // Scripts have their options within one argument.
    const index = words.findIndex((word) =>
      new RegExp(`(?:^|\\s)--${name}(?:=true)?(?:\\s|$)`).test(text(word) ?? ""),
    );
    if (index >= 0) return `${container.path}.${field}[${index}]`;
  }
  return undefined;
}

/** Whether it asks for a login: https://prometheus.io/docs/prometheus/latest/configuration/https/ */
export function asksForLogin({ words }: PrometheusContainer): boolean {
  return words.some((word) => word.includes("--web.config.file"));
}
