import { asksForLogin, prometheusContainers, switchPath } from "../objects/prometheus-flags.ts";
import { objectRule } from "../rule.ts";

/** Advice: who reloads by a sidecar needs it, and a policy may keep everybody else away. */
export const prometheusLifecycle = objectRule({
  name: "prometheus-lifecycle",
  severity: "advisory",
  description: "Prometheus cannot be ended over the network.",
  why: "Whoever reaches its port can end it, or have it read its configuration, by one request.",
  reference: "https://prometheus.io/docs/operating/security/#prometheus",
  check: (object) =>
    prometheusContainers(object).flatMap((prometheus) => {
      const path = switchPath(prometheus, "web\\.enable-lifecycle");
      if (path === undefined || asksForLogin(prometheus)) return [];
      const problem = `container ${prometheus.container.name} lets everybody end it (--web.enable-lifecycle)`;
      return [
        {
          path,
          problem,
          fix: "Remove the option, and roll the pod when the configuration changes, or reload it by SIGHUP",
        },
      ];
    }),
});
