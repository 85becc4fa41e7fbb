import { addressOf, answers, serviceNameOf } from "../objects/addresses.ts";
import { madeByOperators } from "../objects/operators.ts";
import { describeServicePorts, servicePortsOf } from "../objects/ports.ts";
import { jobsOf, type Prometheus, prometheusesOf } from "../objects/prometheus.ts";
import { fields, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A target that Prometheus is told by name must answer. */
export const scrapeTargets = stackRule({
  name: "scrape-targets",
  severity: "mandatory",
  description: "The static targets of a Prometheus are Services that exist, at ports that they have.",
  why: "The target is down for ever, and its metrics are missing.",
  reference: "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#static_config",
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    return prometheusesOf(stack).flatMap((prometheus) => {
      const { workload, file, path } = prometheus;
      return targetsOf(prometheus).flatMap(({ job, target }) => {
        const address = addressOf(target);
        const wanted = address && serviceNameOf(address.host, workload.namespace);
        if (!wanted || wanted.name === "localhost" || /^\d+$/.test(wanted.name)) return [];
        // Without what else its URL says, which may be a login.
        const shown = address.port === undefined ? address.host : `${address.host}:${address.port}`;
        const about = { object: file.configMap, path };
        const service = stack.find("Service", wanted.namespace, wanted.name);
        if (!service) {
          // Where the set makes no Service of that namespace, they are made elsewhere; `a.b` may be a host of another network.
          const isComplete = stack.ofKind("Service", wanted.namespace).length > 0;
          if (!isComplete || mayBeMade(wanted.namespace, [wanted.name])) return [];
          const problem = `${job} has target ${shown}, and namespace ${wanted.namespace} has no Service ${wanted.name}`;
          return [
            {
              ...about,
              problem,
              fix: "Write the name of a Service, or discover the pods (kubernetes_sd_configs)",
            },
          ];
        }
        if (address.port === undefined || answers(stack, service, address.port)) return [];
        const ports = describeServicePorts(servicePortsOf(service));
        const problem = `${job} has target ${shown}, and Service ${service.name} has port ${ports}`;
        return [
          {
            ...about,
            problem,
            fix: "Write a port of the Service, or discover the pods (kubernetes_sd_configs)",
          },
        ];
      });
    });
  },
});

function targetsOf(prometheus: Prometheus): { job: string; target: string }[] {
  const jobs = jobsOf(prometheus)
    // A job that writes another address asks that one, about its targets: a blackbox exporter.
    .filter(({ job }) => !list(job.relabel_configs).some((one) => fields(one).target_label === "__address__"))
    .map(({ name, job }) => ({ name: `job ${name}`, holder: job }));
  const managers = list(fields(prometheus.configuration.alerting).alertmanagers).map((item) => ({
    name: "alertmanagers",
    holder: fields(item),
  }));
  return [...jobs, ...managers].flatMap(({ name, holder }) =>
    list(holder.static_configs).flatMap((one) =>
      list(fields(one).targets).flatMap((target) => {
        const given = text(target);
        return given === undefined ? [] : [{ job: name, target: given }];
      }),
    ),
  );
}
