import type { Probed } from "../probed.ts";
import { backupRules } from "./backup.ts";
import { cacheRules } from "./cache.ts";
import { certificateRules } from "./certificates.ts";
import { clockRules } from "./clock.ts";
import { databaseRules } from "./database.ts";
import { gatewayRules } from "./gateway.ts";
import { logRules } from "./logs.ts";
import { monitoringRules } from "./monitoring.ts";
import { probeRules } from "./probes.ts";
import { quotaRules } from "./quota.ts";
import { type RuleArgs, type RuleGroup, ruleFile } from "./rule.ts";
import { saturationRules } from "./saturation.ts";
import { scrapingRules } from "./scraping.ts";
import { sloRules } from "./slo.ts";
import { storageRules } from "./storage.ts";
import { traceRules } from "./traces.ts";
import { verificationRules } from "./verification.ts";
import { workloadRules } from "./workloads.ts";

/** Every rule of the platform, a group for each subject. */
export function ruleGroups(args: RuleArgs & { readonly probed: readonly Probed[] }): RuleGroup[] {
  return [
    sloRules(args),
    gatewayRules(),
    verificationRules(args),
    saturationRules(),
    databaseRules(),
    cacheRules(),
    storageRules(),
    ...(args.backupSeconds === undefined ? [] : [backupRules({ backupSeconds: args.backupSeconds })]),
    quotaRules(),
    certificateRules(),
    probeRules(args.probed),
    clockRules(),
    workloadRules(),
    scrapingRules(args),
    logRules(),
    traceRules(),
    monitoringRules(),
  ];
}

/** The rule files by name, one for each group. */
export function ruleFiles(groups: readonly RuleGroup[], runbooks: string): Record<string, string> {
  return Object.fromEntries(groups.map((group) => [`rules-${group.name}.yml`, ruleFile(group, runbooks)]));
}
