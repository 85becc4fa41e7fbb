import { asksForLogin, prometheusContainers, switchPath } from "../objects/prometheus-flags.ts";
import { at } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Of servers, and of the operator's Prometheus resources. */
export const prometheusAdminApi = objectRule({
  name: "prometheus-admin-api",
  severity: "mandatory",
  description: "Prometheus has no admin API without a login.",
  why: "Whoever reaches its port can delete all series.",
  reference: "https://prometheus.io/docs/operating/security/#prometheus",
  check(object) {
    if (object.kind === "Prometheus" && at(object, "spec", "enableAdminAPI") === true)
      return [
        { path: "spec.enableAdminAPI", problem: "the admin API is open", fix: "Remove enableAdminAPI" },
      ];
    return prometheusContainers(object).flatMap((prometheus) => {
      const path = switchPath(prometheus, "web\\.enable-admin-api");
      if (path === undefined || asksForLogin(prometheus)) return [];
      const problem = `container ${prometheus.container.name} opens the admin API (--web.enable-admin-api)`;
      return [{ path, problem, fix: "Remove the option, or ask for a login by --web.config.file" }];
    });
  },
});
