import { z } from "zod";
import { type OperatorId, operatorIds } from "../../components/contract/operators.ts";
import { dnsLabel, field, oneOf, serviceUrl, version } from "../fields.ts";

const operator = z
  .strictObject({
    /** From this stack, from somebody else who has installed it, or nowhere. */
    source: oneOf(["install", "present", "none"]).default("install"),
    /** Of what is `present`. */
    version: version("1.30.4").optional(),
  })
  .prefault({});

/** The operators of stack `cluster`, by the names of their projects. */
export const operators = z.strictObject(
  Object.fromEntries(operatorIds.map((id) => [id, operator])) as Record<OperatorId, typeof operator>,
);

/** Longhorn's own backups of volumes. */
export const longhorn = z.strictObject({
  backupTarget: field(z.string().regex(/^(s3|nfs|cifs|azblob):\/\/\S+$/), {
    allowed:
      "a backup target of Longhorn outside the cluster, as s3://BUCKET@REGION/, nfs://, cifs:// or azblob://",
    example: "s3://backups@eu-central-1/",
  }).optional(),
  backupSecret: dnsLabel("longhorn-backups").default("longhorn-backups"),
});

/** Who signs the certificates of what is reached from outside. */
export const issuer = z.strictObject({
  form: oneOf(["private", "acme", "none"]).default("private"),
  server: serviceUrl(
    {
      allowed: "the URL of an ACME directory, without a login",
      example: "https://acme-v02.api.letsencrypt.org/directory",
    },
    { path: "any" },
  ).default("https://acme-v02.api.letsencrypt.org/directory"),
  email: field(z.email(), { allowed: "an address of mail", example: "platform@example.com" }).optional(),
  gateway: z
    .strictObject({
      name: dnsLabel("edge").default("edge"),
      namespace: dnsLabel("iot-verification").default("iot-verification"),
    })
    .prefault({}),
});

interface Operated {
  readonly layer: string;
  readonly mirror: string;
  readonly operators: z.output<typeof operators>;
  readonly issuer: z.output<typeof issuer>;
}

/** What needs another operator does not go without it; what is present says its version. */
const needs: Readonly<Partial<Record<OperatorId, readonly OperatorId[]>>> = {
  istio: ["gateway-api"],
  "barman-cloud": ["cert-manager", "cloudnative-pg"],
  "prometheus-operator": ["cert-manager"],
};

export function checkOperators(
  { layer, mirror, operators, issuer }: Operated,
  context: z.core.$RefinementCtx<unknown>,
): void {
  const report = (path: string[], value: string | undefined, allowed: string, example: string) =>
    context.addIssue({
      code: "custom",
      path,
      params: { ...(value !== undefined && { value }), allowed, example },
    });
  if (mirror !== "" && layer === "cluster" && operators["gateway-api"].source === "install")
    report(
      ["operators", "gateway-api", "source"],
      "install",
      "present or none, as there is a mirror: its kinds are a file, which no registry has; apply it yourself",
      "present",
    );
  for (const id of operatorIds) {
    const { source, version } = operators[id];
    if (source === "present" && version === undefined)
      report(
        ["operators", id, "version"],
        undefined,
        `the version that there is, as operators.${id}.source is present`,
        "1.30.4",
      );
    if (source !== "install") continue;
    for (const other of needs[id] ?? []) {
      if (operators[other].source === "none")
        report(
          ["operators", other, "source"],
          "none",
          `install or present, as ${id} needs it; or leave ${id} out too`,
          "install",
        );
    }
  }
  if (issuer.form === "acme" && issuer.email === undefined)
    report(
      ["issuer", "email"],
      undefined,
      "an address of mail, as issuer.form is acme",
      "platform@example.com",
    );
}
