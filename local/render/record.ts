import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EngineConfig } from "./stack-file.ts";

/** A resource that the program asked for. */
export interface RecordedResource {
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs; where a part of them is secret, every value below it is `<secret>`. */
  readonly inputs: Record<string, unknown>;
}

/** What stands in the place of a secret value. */
export const secretValue = "<secret>";

/**
 * Runs the program of a stack without engine or cluster and returns what it asks for, in the order of its asking.
 * Sets the process up for that one stack: one call a process.
 */
export async function recordStack(args: {
  readonly root: string;
  readonly project: string;
  readonly stack: string;
  readonly config: EngineConfig;
}): Promise<RecordedResource[]> {
  // The SDK reads its configuration from here when it is first imported.
  process.env.PULUMI_CONFIG = JSON.stringify({
    ...args.config.values,
    "kubernetes:context": "render",
    // There is no cluster that could be asked.
    ...(args.config.values[`${args.project}:layer`] !== "cluster" && {
      [`${args.project}:operatorCheck`]: "disabled",
    }),
  });
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(args.config.secretKeys);
  const pulumi = await import("@pulumi/pulumi");
  // Without an engine the SDK writes the program's notices to stdout, which is for what the command itself says.
  console.log = console.error;

  const recorded: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, custom }) {
        if (custom || published.has(type))
          recorded.push({ type, name, inputs: withoutSecrets(inputs) as Record<string, unknown> });
        return { id: `${name}-id`, state: { ...inputs, ...generatedState(type, name) } };
      },
      call({ token }) {
        throw new Error(`the program calls ${token}, which needs an engine`);
      },
    },
    args.project,
    args.stack,
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    const { default: program } = await import(pathToFileURL(join(args.root, "index.ts")).href);
    return program();
  });
  await pulumi.runtime.disconnect();
  return recorded;
}

/** What the provider makes objects of: charts and manifests that are published elsewhere. */
const published = new Set(["kubernetes:helm.sh/v4:Chart", "kubernetes:yaml/v2:ConfigFile"]);

/** What a provider would add to the inputs of the resources that the program reads outputs of. */
function generatedState(type: string, name: string): Record<string, unknown> {
  const outputs = generatedOutputs[type] ?? [];
  return Object.fromEntries(outputs.map((output) => [output, `generated-${name}`]));
}

/** The outputs that are read, by type. */
const generatedOutputs: Readonly<Record<string, readonly string[]>> = {
  "random:index/randomPassword:RandomPassword": ["result"],
  "tls:index/privateKey:PrivateKey": ["privateKeyPem", "privateKeyPemPkcs8"],
  "tls:index/certRequest:CertRequest": ["certRequestPem"],
  "tls:index/selfSignedCert:SelfSignedCert": ["certPem"],
  "tls:index/locallySignedCert:LocallySignedCert": ["certPem"],
};

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function withoutSecrets(value: unknown, isSecret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret));
  if (typeof value !== "object" || value === null) return isSecret ? secretValue : value;
  const entries = value as Record<string, unknown>;
  if (entries[signatureKey] === secretSignature) return withoutSecrets(entries.value, true);
  return Object.fromEntries(
    Object.entries(entries).map(([key, item]) => [key, withoutSecrets(item, isSecret)]),
  );
}
