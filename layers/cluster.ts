import { DowngradeGuard } from "../components/cluster/downgrade-guard.ts";
import { Installed } from "../components/cluster/installed.ts";
import { Issuer } from "../components/cluster/issuer.ts";
import { Operators } from "../components/cluster/operators.ts";
import { StorageClasses } from "../components/cluster/storage-classes.ts";
import { StrictMesh } from "../components/cluster/strict-mesh.ts";
import { connect } from "../components/foundation/cluster.ts";
import type { ParsedConfig } from "../config/index.ts";
import { issuerArgs, operatorsArgs } from "../config/slices/operators.ts";

/**
 * What the tenants of a cluster share: operators, storage classes, the issuer of certificates.
 *
 * @returns the stack's outputs
 */
export function clusterLayer(config: ParsedConfig) {
  const options = { providers: [connect("cluster", config.cluster)] };
  const args = operatorsArgs(config);
  // First: what comes after it is guarded by it.
  const guard = new DowngradeGuard("downgrade-guard", options);
  const operators = new Operators("operators", args, { ...options, dependsOn: [guard] });
  const after = (...ids: (keyof typeof operators.ready)[]) => ({
    ...options,
    dependsOn: ids.flatMap((id) => [...operators.ready[id]]),
  });
  const has = (id: keyof typeof operators.ready) => args.sources[id].from !== "none";
  const issuer = issuerArgs(config);
  const shared = [
    ...(has("longhorn") ? [new StorageClasses("storage-classes", after("longhorn"))] : []),
    ...(has("istio") ? [new StrictMesh("strict-mesh", after("istio"))] : []),
    ...(has("cert-manager") && issuer
      ? [new Issuer("issuer", issuer, after("cert-manager", "gateway-api"))]
      : []),
  ];
  new Installed(
    "installed",
    { versions: operators.versions },
    { ...options, dependsOn: [operators, ...shared] },
  );
  return {
    /** Version of each operator that platform stacks find, by its name. */
    operators: operators.versions,
  };
}
