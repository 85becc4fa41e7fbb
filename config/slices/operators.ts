import type { IssuerArgs } from "../../components/cluster/issuer.ts";
import type { OperatorsArgs, Source } from "../../components/cluster/operators.ts";
import { type OperatorId, operatorIds, storageClasses } from "../../components/contract/operators.ts";
import type { StackConfig } from "../schema.ts";

/** What stack `cluster` installs. */
export function operatorsArgs(config: StackConfig): OperatorsArgs {
  const protect = config.deletionProtection === "enabled";
  const { backupTarget, backupSecret } = config.longhorn;
  return {
    sources: Object.fromEntries(operatorIds.map((id) => [id, sourceOf(config, id)])) as Record<
      OperatorId,
      Source
    >,
    settings: {
      longhornMayBeDeleted: !protect,
      ...(config.mirror !== "" && { mirror: config.mirror }),
      ...(backupTarget !== undefined && { longhornBackups: { target: backupTarget, secret: backupSecret } }),
    },
    protect,
  };
}

function sourceOf({ operators }: StackConfig, id: OperatorId): Source {
  const { source, version } = operators[id];
  if (source !== "present") return { from: source };
  if (version === undefined) throw new Error(`the operator ${id} is present in no version`);
  return { from: source, version };
}

/** Who signs certificates; undefined for nobody. */
export function issuerArgs({
  issuer: { form, server, email, gateway },
}: StackConfig): IssuerArgs | undefined {
  if (form === "none") return undefined;
  if (form === "private") return { form };
  if (email === undefined) throw new Error("an issuer of ACME has no address of mail");
  return { form, server, email, gateway };
}

/** The operators whose resources a platform stack is made of. */
export function neededOperators(config: StackConfig): OperatorId[] {
  const own: readonly string[] = Object.values(storageClasses);
  const needs: readonly (readonly [OperatorId, boolean])[] = [
    ["longhorn", storageClassesIn(config).some((name) => own.includes(name))],
    ["istio", config.mesh.form === "ambient"],
    ["eck", config.logging.form === "operator"],
    ["prometheus-operator", config.prometheus.form === "operator"],
  ];
  return needs.filter(([, isNeeded]) => isNeeded).map(([id]) => id);
}

/** The values of all keys that name a class. */
function storageClassesIn(section: object): string[] {
  return Object.entries(section).flatMap(([key, value]: [string, unknown]) => {
    if (key === "storageClass" && typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? storageClassesIn(value) : [];
  });
}
