import { z } from "zod";
import { bytesOf, millicoresOf, postgresBytesOf, redisBytesOf } from "../components/foundation/quantity.ts";

/** What an error about a key says besides the key and its value. */
export interface FieldHelp {
  /** The legal values, with their unit. */
  readonly allowed: string;
  /** One legal value, as it is written in YAML. */
  readonly example?: string;
}

/** The registry of what each leaf of the schema allows; errors are written from it. */
export const fieldHelp = z.registry<FieldHelp>();

/** Attaches to a leaf what its errors say. */
export function field<T extends z.ZodType>(schema: T, help: FieldHelp): T {
  fieldHelp.add(schema, help);
  return schema;
}

/** A whole number of `unit` from `min` to `max`. */
export function integer(unit: string, limits: { min: number; max: number; example: number }) {
  return field(z.int().min(limits.min).max(limits.max), {
    allowed: `a whole number from ${limits.min} to ${limits.max} (${unit})`,
    example: String(limits.example),
  });
}

/** A number of `unit` from `min` to `max`. */
export function decimal(unit: string, limits: { min: number; max: number; example: number }) {
  return field(z.number().min(limits.min).max(limits.max), {
    allowed: `a number from ${limits.min} to ${limits.max} (${unit})`,
    example: String(limits.example),
  });
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return field(z.enum(values), { allowed: `one of ${values.join(", ")}`, example: values[0] });
}

/** A name that Kubernetes accepts as a DNS label (RFC 1123). */
export function dnsLabel(example: string) {
  return field(
    z
      .string()
      .max(63)
      .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/),
    {
      allowed: "a DNS label: lower-case letters, digits and '-', at most 63 characters, a letter first",
      example,
    },
  );
}

/** Names that Kubernetes accepts as a DNS subdomain (RFC 1123). */
export function dnsName(example: string) {
  return field(
    z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/),
    { allowed: "a DNS name: lower-case letters, digits, '-' and '.', at most 253 characters", example },
  );
}

/** A CPU quantity. A bare number is taken too: it is what YAML and `pulumi config set --path` make of `2`. */
export function cpu(example: string) {
  return field(
    z
      .union([z.string(), z.number()])
      .transform(String)
      .refine((value) => inRange(millicoresOf(value), 1, 64_000)),
    { allowed: "a CPU quantity from 1m to 64 (cores, or thousandths with m)", example },
  );
}

/** A memory quantity of Kubernetes. */
export function memory(example: string) {
  return field(
    z.string().refine((value) => inRange(bytesOf(value), 16 * 2 ** 20, 512 * 2 ** 30)),
    { allowed: "a memory quantity from 16Mi to 512Gi, in Mi or Gi", example },
  );
}

/** A storage quantity of Kubernetes. */
export function storage(example: string) {
  return field(
    z.string().refine((value) => inRange(bytesOf(value), 64 * 2 ** 20, 16 * 2 ** 40)),
    { allowed: "a storage quantity from 64Mi to 16Ti, in Mi, Gi or Ti", example },
  );
}

/** The size of a request's body. */
export function requestSize(example: string) {
  return field(
    z.string().refine((value) => inRange(bytesOf(value), 64 * 2 ** 10, 32 * 2 ** 20)),
    { allowed: "a size from 64Ki to 32Mi, in Ki or Mi", example },
  );
}

/** A memory value of postgresql.conf. */
export function postgresMemory(limits: { min: string; max: string; example: string }) {
  return field(
    z
      .string()
      .refine((value) =>
        inRange(postgresBytesOf(value), postgresBytesOf(limits.min), postgresBytesOf(limits.max)),
      ),
    { allowed: `a size from ${limits.min} to ${limits.max}, in kB, MB or GB`, example: limits.example },
  );
}

/** A memory value of redis.conf. */
export function redisMemory(limits: { min: string; max: string; example: string }) {
  return field(
    z
      .string()
      .refine((value) => inRange(redisBytesOf(value), redisBytesOf(limits.min), redisBytesOf(limits.max))),
    { allowed: `a size from ${limits.min} to ${limits.max}, in kb, mb or gb`, example: limits.example },
  );
}

/**
 * The URL of a service. It is no secret, so that no login may be in it; a query or a fragment would be lost.
 *
 * @param path `none`: the service is at the root of its host
 */
export function serviceUrl(help: FieldHelp, { path }: { readonly path: "none" | "any" }) {
  const form = path === "none" ? /^https?:\/\/[^\s\\/?#@]+\/?$/ : /^https?:\/\/[^\s\\/?#@]+(\/[^\s\\?#]*)?$/;
  return field(
    z.string().refine((text) => form.test(text) && URL.canParse(text)),
    help,
  );
}

/** A version of three numbers. */
export function version(example: string) {
  return field(z.string().regex(/^\d+\.\d+\.\d+$/), { allowed: "a version of three numbers", example });
}

const host = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:\d{1,5})?$/;
const pathStep = /^[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagOrDigest = /^(:(?<tag>[\w][\w.-]{0,127}))?(?<digest>@sha256:[a-f0-9]{64})?$/;

/** A registry host, with a path if need be. */
export function imageRegistry(example: string) {
  return field(z.string().refine(isRegistry), {
    allowed: "a registry host (with a dot or a port), with a path if need be, without a slash at its end",
    example,
  });
}

/** A complete, pinned image reference: registry host, repository, and a tag that is a version, or a digest. */
export function pinnedImage(example: string) {
  return field(
    z.string().refine((value) => pinOf(value) !== undefined),
    {
      allowed:
        "an image with registry host and path, pinned by digest or by a tag that begins with a version (never latest)",
      example,
    },
  );
}

/** A pinned image of PostgreSQL 17 or 18 on Debian; of a digest alone nothing more can be told. */
export function postgresqlImage(example: string) {
  return field(
    z.string().refine((value) => {
      const pin = pinOf(value);
      return (
        pin !== undefined &&
        (pin.tag === undefined || (/^1[78]\./.test(pin.tag) && !pin.tag.includes("alpine")))
      );
    }),
    {
      allowed:
        "an image of PostgreSQL 17 or 18 on Debian with registry host and path, pinned by digest or by a tag that begins with its version",
      example,
    },
  );
}

/** Tag and digest of a complete, pinned reference; undefined for any other. */
function pinOf(image: string): { tag?: string | undefined; digest?: string | undefined } | undefined {
  const match = /^(?<repository>[^@]*?)(?<pin>(:[^/:@]*)?(@.*)?)$/.exec(image)?.groups;
  const pin = tagOrDigest.exec(match?.pin ?? "")?.groups;
  if (!match?.repository?.includes("/") || !isRegistry(match.repository) || !pin) return undefined;
  const isPinned = pin.digest !== undefined || /^v?\d+(\.\d+)+/.test(pin.tag ?? "");
  return isPinned ? { tag: pin.tag, digest: pin.digest } : undefined;
}

function isRegistry(value: string): boolean {
  const [first = "", ...path] = value.split("/");
  const isHost = host.test(first) && (/[.:]/.test(first) || first === "localhost");
  return isHost && path.every((step) => pathStep.test(step));
}

/**
 * A secret of at least `length` characters, printable ASCII without blanks, so that it survives files, headers and
 * connection strings. Its value is never part of an error.
 */
export function secret(length: number) {
  return field(
    z
      .string()
      .min(length)
      .max(512)
      .regex(/^[\x21-\x7e]+$/),
    {
      allowed: `${length} to 512 printable ASCII characters without blanks; left out, the stack generates one`,
    },
  );
}

function inRange(value: number | undefined, min: number | undefined, max: number | undefined): boolean {
  return value !== undefined && min !== undefined && max !== undefined && value >= min && value <= max;
}
