import { z } from "zod";
import { bytesOf } from "../../components/foundation/quantity.ts";
import { field, oneOf, serviceUrl } from "../fields.ts";
import { resources, sized, volume } from "../shapes.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, without dots: they break certificates. */
const bucketName = field(z.string().regex(/^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$/), {
  allowed: "a bucket name of 3 to 63 lower-case letters, digits and '-', a letter or digit at both ends",
  example: "backups",
});

const region = field(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/), {
  allowed: "a region: lower-case letters, digits and '-'",
  example: "eu-central-1",
});

const endpoint = {
  allowed: "the http or https URL of an S3 API: host and port alone, without a bucket or a login",
  example: "https://s3.eu-central-1.amazonaws.com",
};

/** A store that somebody else runs. */
const external = z.strictObject({
  endpoint: serviceUrl(endpoint, { path: "none" }).optional(),
  authority: field(z.string().regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n?$/), {
    allowed: "the PEM of the certificates that its own is from; left out, one that everybody trusts",
  }).optional(),
});

export const objectStorage = z.strictObject({
  engine: oneOf(["versitygw", "seaweedfs", "external"]).default("versitygw"),
  bucket: bucketName.default("backups"),
  region: region.default("us-east-1"),
  /** Of the server, where it runs here. */
  resources: resources({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "1", memory: "512Mi" },
  }).prefault({}),
  /** Of the exporter of its metrics. */
  exporter: sized({
    requests: { cpu: "10m", memory: "32Mi" },
    limits: { cpu: "100m", memory: "64Mi" },
  }),
  /** Of the programs that make the bucket. */
  program: sized({
    requests: { cpu: "50m", memory: "96Mi" },
    limits: { cpu: "500m", memory: "256Mi" },
  }),
  /** With room for every backup that is kept and one more. */
  storage: volume("100Gi").prefault({}),
  external: external.prefault({}),
});

interface KeyPair {
  readonly objectStorageAccessKeyId?: string | undefined;
  readonly objectStorageSecretAccessKey?: string | undefined;
}

/** A store elsewhere has an address, and a key pair that it gave out; one that runs here has room. */
export function checkObjectStorage(
  config: KeyPair & {
    readonly objectStorage: z.output<typeof objectStorage>;
    readonly backup: { readonly scratch: string };
  },
  context: z.core.$RefinementCtx<unknown>,
): void {
  const { engine, external, storage } = config.objectStorage;
  if (engine !== "external") {
    const { scratch } = config.backup;
    const [size, dump] = [bytesOf(storage.size), bytesOf(scratch)];
    if (size === undefined || dump === undefined || size >= 2 * dump) return;
    const allowed = `at least twice backup.scratch, which is ${scratch}: a backup that is kept, and the next one`;
    context.addIssue({
      code: "custom",
      path: ["objectStorage", "storage", "size"],
      params: { value: storage.size, allowed },
    });
    return;
  }
  if (external.endpoint === undefined)
    context.addIssue({ code: "custom", path: ["objectStorage", "external", "endpoint"], params: endpoint });
  for (const key of ["objectStorageAccessKeyId", "objectStorageSecretAccessKey"] as const) {
    if (config[key] !== undefined) continue;
    const allowed = "the one that the store gave out, as objectStorage.engine is external";
    context.addIssue({ code: "custom", path: [key], params: { allowed } });
  }
}
