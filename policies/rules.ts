import { aimlessAutoscalers } from "./availability/aimless-autoscalers.ts";
import { autoscalerBounds } from "./availability/autoscaler-bounds.ts";
import { autoscalerMetrics } from "./availability/autoscaler-metrics.ts";
import { barePods } from "./availability/bare-pods.ts";
import { blockingBudgets } from "./availability/blocking-budgets.ts";
import { budgetBounds } from "./availability/budget-bounds.ts";
import { deploymentReplicas } from "./availability/deployment-replicas.ts";
import { disruptionBudgets } from "./availability/disruption-budgets.ts";
import { fixedReplicas } from "./availability/fixed-replicas.ts";
import { gracePeriods } from "./availability/grace-periods.ts";
import { gradualRollouts } from "./availability/gradual-rollouts.ts";
import { idleAutoscalers } from "./availability/idle-autoscalers.ts";
import { oneAutoscaler } from "./availability/one-autoscaler.ts";
import { rolloutProgress } from "./availability/rollout-progress.ts";
import { spreadReplicas } from "./availability/spread-replicas.ts";
import { spreadSelectors } from "./availability/spread-selectors.ts";
import { uselessBudgets } from "./availability/useless-budgets.ts";
import { commandCredentials } from "./credentials/command-credentials.ts";
import { configMapCredentials } from "./credentials/config-map-credentials.ts";
import { envCredentials } from "./credentials/env-credentials.ts";
import { fieldCredentials } from "./credentials/field-credentials.ts";
import { guessableCredentials } from "./credentials/guessable-credentials.ts";
import { lastingTokens } from "./credentials/lasting-tokens.ts";
import { literalSecrets } from "./credentials/literal-secrets.ts";
import { loginUrls } from "./credentials/login-urls.ts";
import { openTokens } from "./credentials/open-tokens.ts";
import { secretsAsFiles } from "./credentials/secrets-as-files.ts";
import { separateSecrets } from "./credentials/separate-secrets.ts";
import { anonymousBindings } from "./exposure/anonymous-bindings.ts";
import { clusterAdmins } from "./exposure/cluster-admins.ts";
import { clusterSecrets } from "./exposure/cluster-secrets.ts";
import { defaultAccountBindings } from "./exposure/default-account-bindings.ts";
import { dnsPeers } from "./exposure/dns-peers.ts";
import { edgeTls } from "./exposure/edge-tls.ts";
import { emptyPeerLists } from "./exposure/empty-peer-lists.ts";
import { externalAddresses } from "./exposure/external-addresses.ts";
import { ingressClass } from "./exposure/ingress-class.ts";
import { ingressHosts } from "./exposure/ingress-hosts.ts";
import { ingressRewrites } from "./exposure/ingress-rewrites.ts";
import { ingressSnippets } from "./exposure/ingress-snippets.ts";
import { mongodbLogin } from "./exposure/mongodb-login.ts";
import { namespaceSecrets } from "./exposure/namespace-secrets.ts";
import { namespaceWidePeers } from "./exposure/namespace-wide-peers.ts";
import { openNetworkPolicies } from "./exposure/open-network-policies.ts";
import { openServers } from "./exposure/open-servers.ts";
import { prometheusAdminApi } from "./exposure/prometheus-admin-api.ts";
import { prometheusLifecycle } from "./exposure/prometheus-lifecycle.ts";
import { publicServices } from "./exposure/public-services.ts";
import { rbacEscalation } from "./exposure/rbac-escalation.ts";
import { rbacPods } from "./exposure/rbac-pods.ts";
import { rbacRoles } from "./exposure/rbac-roles.ts";
import { rbacWildcards } from "./exposure/rbac-wildcards.ts";
import { redisLogin } from "./exposure/redis-login.ts";
import { retiredIngressNginx } from "./exposure/retired-ingress-nginx.ts";
import { pinnedImages } from "./images/pinned-images.ts";
import { supportedVersions } from "./images/supported-versions.ts";
import { trustedRegistries } from "./images/trusted-registries.ts";
import { ownNamespaces } from "./pods/own-namespaces.ts";
import { readOnlyRoot } from "./pods/read-only-root.ts";
import { restrictedPods } from "./pods/restricted-pods.ts";
import { serviceAccountTokens } from "./pods/service-account-tokens.ts";
import { declaredProbePorts } from "./probes/declared-probe-ports.ts";
import { distinctProbes } from "./probes/distinct-probes.ts";
import { failingProbes } from "./probes/failing-probes.ts";
import { livenessProbes } from "./probes/liveness-probes.ts";
import { probePorts } from "./probes/probe-ports.ts";
import { readinessProbes } from "./probes/readiness-probes.ts";
import { startupProbes } from "./probes/startup-probes.ts";
import { tellingProbes } from "./probes/telling-probes.ts";
import { boundedScratch } from "./resources/bounded-scratch.ts";
import { memoryLimits } from "./resources/memory-limits.ts";
import { requestsWithinLimits } from "./resources/requests-within-limits.ts";
import { resourceRequests } from "./resources/resource-requests.ts";
import { resourceUnits } from "./resources/resource-units.ts";
import type { Rule } from "./rule.ts";
import { claimRetention } from "./storage/claim-retention.ts";
import { claimsUnderUpdates } from "./storage/claims-under-updates.ts";
import { completeClaims } from "./storage/complete-claims.ts";
import { dataDirectories } from "./storage/data-directories.ts";
import { keptData } from "./storage/kept-data.ts";
import { loneServers } from "./storage/lone-servers.ts";
import { nodeBoundVolumes } from "./storage/node-bound-volumes.ts";
import { prometheusRetention } from "./storage/prometheus-retention.ts";
import { sharedClaims } from "./storage/shared-claims.ts";
import { subPathConfiguration } from "./storage/sub-path-configuration.ts";
import { completeGrants } from "./validity/complete-grants.ts";
import { cronSchedules } from "./validity/cron-schedules.ts";
import { dataKeys } from "./validity/data-keys.ts";
import { encodedData } from "./validity/encoded-data.ts";
import { exclusiveFields } from "./validity/exclusive-fields.ts";
import { ingressPaths } from "./validity/ingress-paths.ts";
import { knownValues } from "./validity/known-values.ts";
import { labelForms } from "./validity/label-forms.ts";
import { objectNames } from "./validity/object-names.ts";
import { portNames } from "./validity/port-names.ts";
import { portNumbers } from "./validity/port-numbers.ts";
import { probeSettings } from "./validity/probe-settings.ts";
import { restartPolicies } from "./validity/restart-policies.ts";
import { servicePorts } from "./validity/service-ports.ts";
import { serviceTypes } from "./validity/service-types.ts";
import { textValues } from "./validity/text-values.ts";
import { typedSecrets } from "./validity/typed-secrets.ts";
import { uniqueNames } from "./validity/unique-names.ts";
import { wholeNumbers } from "./validity/whole-numbers.ts";
import { autoscalerTargets } from "./wiring/autoscaler-targets.ts";
import { budgetSelectors } from "./wiring/budget-selectors.ts";
import { defaultDeny } from "./wiring/default-deny.ts";
import { discoveryPermissions } from "./wiring/discovery-permissions.ts";
import { duplicateObjects } from "./wiring/duplicate-objects.ts";
import { grafanaProvisioning } from "./wiring/grafana-provisioning.ts";
import { ingressBackends } from "./wiring/ingress-backends.ts";
import { ingressCollisions } from "./wiring/ingress-collisions.ts";
import { missingKeys } from "./wiring/missing-keys.ts";
import { missingReferences } from "./wiring/missing-references.ts";
import { monitorSelectors } from "./wiring/monitor-selectors.ts";
import { namespaceSelectors } from "./wiring/namespace-selectors.ts";
import { networkPolicyPorts } from "./wiring/network-policy-ports.ts";
import { networkPolicySelectors } from "./wiring/network-policy-selectors.ts";
import { overlappingSelectors } from "./wiring/overlapping-selectors.ts";
import { podSecurityLabels } from "./wiring/pod-security-labels.ts";
import { policyDirections } from "./wiring/policy-directions.ts";
import { removedApis } from "./wiring/removed-apis.ts";
import { roleBindings } from "./wiring/role-bindings.ts";
import { ruleFiles } from "./wiring/rule-files.ts";
import { scrapeAnnotations } from "./wiring/scrape-annotations.ts";
import { scrapeTargets } from "./wiring/scrape-targets.ts";
import { serverFiles } from "./wiring/server-files.ts";
import { serviceAddresses } from "./wiring/service-addresses.ts";
import { serviceSelectors } from "./wiring/service-selectors.ts";
import { serviceTargetPorts } from "./wiring/service-target-ports.ts";
import { statefulsetServices } from "./wiring/statefulset-services.ts";
import { uniqueEnvNames } from "./wiring/unique-env-names.ts";
import { unreadKeys } from "./wiring/unread-keys.ts";
import { unusedConfiguration } from "./wiring/unused-configuration.ts";
import { unusedVolumes } from "./wiring/unused-volumes.ts";
import { volumeMounts } from "./wiring/volume-mounts.ts";
import { workloadSelectors } from "./wiring/workload-selectors.ts";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  restrictedPods,
  pinnedImages,
  ownNamespaces,
  readOnlyRoot,
  serviceAccountTokens,
  supportedVersions,
  trustedRegistries,
  boundedScratch,
  memoryLimits,
  requestsWithinLimits,
  resourceRequests,
  resourceUnits,
  declaredProbePorts,
  distinctProbes,
  failingProbes,
  livenessProbes,
  probePorts,
  readinessProbes,
  startupProbes,
  tellingProbes,
  aimlessAutoscalers,
  autoscalerBounds,
  autoscalerMetrics,
  barePods,
  blockingBudgets,
  budgetBounds,
  deploymentReplicas,
  disruptionBudgets,
  fixedReplicas,
  gracePeriods,
  gradualRollouts,
  idleAutoscalers,
  oneAutoscaler,
  rolloutProgress,
  spreadReplicas,
  spreadSelectors,
  uselessBudgets,
  autoscalerTargets,
  budgetSelectors,
  defaultDeny,
  discoveryPermissions,
  duplicateObjects,
  grafanaProvisioning,
  ingressBackends,
  ingressCollisions,
  missingKeys,
  missingReferences,
  monitorSelectors,
  namespaceSelectors,
  networkPolicyPorts,
  networkPolicySelectors,
  overlappingSelectors,
  podSecurityLabels,
  policyDirections,
  removedApis,
  roleBindings,
  ruleFiles,
  scrapeAnnotations,
  scrapeTargets,
  serverFiles,
  serviceAddresses,
  serviceSelectors,
  serviceTargetPorts,
  statefulsetServices,
  uniqueEnvNames,
  unreadKeys,
  unusedConfiguration,
  unusedVolumes,
  volumeMounts,
  workloadSelectors,
  commandCredentials,
  configMapCredentials,
  envCredentials,
  fieldCredentials,
  guessableCredentials,
  lastingTokens,
  literalSecrets,
  loginUrls,
  openTokens,
  secretsAsFiles,
  separateSecrets,
  anonymousBindings,
  clusterAdmins,
  clusterSecrets,
  defaultAccountBindings,
  dnsPeers,
  edgeTls,
  emptyPeerLists,
  externalAddresses,
  ingressClass,
  ingressHosts,
  ingressRewrites,
  ingressSnippets,
  mongodbLogin,
  namespaceSecrets,
  namespaceWidePeers,
  openNetworkPolicies,
  openServers,
  prometheusAdminApi,
  prometheusLifecycle,
  publicServices,
  rbacEscalation,
  rbacPods,
  rbacRoles,
  rbacWildcards,
  redisLogin,
  retiredIngressNginx,
  claimRetention,
  claimsUnderUpdates,
  completeClaims,
  dataDirectories,
  keptData,
  loneServers,
  nodeBoundVolumes,
  prometheusRetention,
  sharedClaims,
  subPathConfiguration,
  completeGrants,
  cronSchedules,
  dataKeys,
  encodedData,
  exclusiveFields,
  ingressPaths,
  knownValues,
  labelForms,
  objectNames,
  portNames,
  portNumbers,
  probeSettings,
  restartPolicies,
  servicePorts,
  serviceTypes,
  textValues,
  typedSecrets,
  uniqueNames,
  wholeNumbers,
];
