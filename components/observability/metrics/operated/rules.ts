import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../../contract/systems.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { type RuleGroup, ruleContent } from "../rules/rule.ts";

interface RulesArgs {
  readonly platform: Platform;
  readonly groups: readonly RuleGroup[];
  /** URL of the folder with a page for each alert, without a slash at its end. */
  readonly runbooks: string;
}

/** Each group as a PrometheusRule of its name. */
export function createRules(
  name: string,
  { platform, groups, runbooks }: RulesArgs,
  parent: pulumi.Resource,
): void {
  for (const group of groups) {
    customResource<IPrometheusRule>(
      `${name}-rules-${group.name}`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: metadataOf({
          name: `iot-verification-${group.name}`,
          namespace: platform.namespace,
          workload: systemNames.prometheus,
          component: "metrics",
        }),
        spec: ruleContent(group, runbooks) as DeepInput<NonNullable<IPrometheusRule["spec"]>>,
      },
      { parent },
    );
  }
}
