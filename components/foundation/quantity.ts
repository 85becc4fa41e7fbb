/** Kubernetes quantities as numbers: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */

const binaryUnits: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Bytes of a memory or storage quantity such as `512Mi`; undefined for anything else. */
export function bytesOf(quantity: string): number | undefined {
  const match = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity);
  const unit = match?.[2] && binaryUnits[match[2]];
  return unit ? Number(match?.[1]) * unit : undefined;
}

/** Thousandths of a core of a CPU quantity such as `2`, `0.5` or `250m`; undefined for anything else. */
export function millicoresOf(quantity: string): number | undefined {
  const match = /^(\d+)(m?)$|^(\d+\.\d{1,3})$/.exec(quantity);
  if (!match) return undefined;
  if (match[3]) return Math.round(Number(match[3]) * 1000);
  return Number(match[1]) * (match[2] ? 1 : 1000);
}

/** The shortest CPU quantity for so many thousandths of a core. */
export function cpuQuantity(millicores: number): string {
  return millicores % 1000 === 0 ? `${millicores / 1000}` : `${millicores}m`;
}

/** The shortest memory quantity for so many bytes, rounded up to whole mebibytes. */
export function memoryQuantity(bytes: number): string {
  const mebibytes = Math.ceil(bytes / 2 ** 20);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

const postgresUnits: Record<string, number> = { kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/**
 * Bytes of a memory value of postgresql.conf such as `256MB`; undefined for anything else.
 * https://www.postgresql.org/docs/17/config-setting.html#CONFIG-SETTING-NAMES-VALUES
 */
export function postgresBytesOf(value: string): number | undefined {
  const match = /^(\d+)(kB|MB|GB|TB)$/.exec(value);
  const unit = match?.[2] && postgresUnits[match[2]];
  return unit ? Number(match?.[1]) * unit : undefined;
}

const redisUnits: Record<string, number> = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** Bytes of a memory value of redis.conf such as `256mb`; undefined for anything else. */
export function redisBytesOf(value: string): number | undefined {
  const match = /^(\d+)(kb|mb|gb)$/.exec(value);
  const unit = match?.[2] && redisUnits[match[2]];
  return unit ? Number(match?.[1]) * unit : undefined;
}
