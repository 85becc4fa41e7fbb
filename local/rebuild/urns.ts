/** Names that the engine gives to resources: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */

/** The stack that resources belong to. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

const stackType = "pulumi:pulumi:Stack";

/** The URN of a resource. `parent` is its parent's, whose types stand before its own unless it is the stack. */
export function urnOf(
  { project, stack }: StackName,
  {
    type,
    name,
    parent,
  }: { readonly type: string; readonly name: string; readonly parent: string | undefined },
): string {
  const types = parent?.split("::")[2];
  const chain = types && types !== stackType ? `${types}$${type}` : type;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** Type, name and URN of the default provider of the package that a resource is of. */
export function providerUrnOf(
  place: StackName,
  { type, version }: { readonly type: string; readonly version: string },
): { readonly type: string; readonly name: string; readonly urn: string } {
  const provider = `pulumi:providers:${type.split(":")[0]}`;
  const name = `default_${version.replace(/[^A-Za-z0-9]/g, "_")}`;
  return { type: provider, name, urn: urnOf(place, { type: provider, name, parent: undefined }) };
}

/** How resources refer to their provider. */
export function providerIdOf({ urn, id }: { readonly urn: string; readonly id: string }): string {
  return `${urn}::${id}`;
}

/** The logical name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
