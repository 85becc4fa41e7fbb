import type { z } from "zod";
import { bytesOf, millicoresOf, postgresBytesOf, redisBytesOf } from "../components/foundation/quantity.ts";
import type { ContainerResources } from "../components/foundation/resources.ts";

/** Judges keys of one section against each other, as far as they are quantities at all. */
type SectionCheck<T> = (section: T, context: z.core.$RefinementCtx<T>) => void;

/** What a container reserves is at most what it may use. */
export const checkResources: SectionCheck<ContainerResources> = ({ requests, limits }, context) => {
  if (exceeds(millicoresOf(requests.cpu), millicoresOf(limits.cpu))) {
    report(context, {
      path: ["requests", "cpu"],
      value: requests.cpu,
      allowed: `at most limits.cpu, which is ${limits.cpu}`,
      example: limits.cpu,
    });
  }
  if (exceeds(bytesOf(requests.memory), bytesOf(limits.memory))) {
    report(context, {
      path: ["requests", "memory"],
      value: requests.memory,
      allowed: `at most limits.memory, which is ${limits.memory}`,
      example: limits.memory,
    });
  }
};

interface Postgresql {
  readonly resources: ContainerResources;
  readonly storage: { readonly size: string };
  readonly parameters: {
    readonly max_connections: number;
    readonly shared_buffers: string;
    readonly maintenance_work_mem: string;
    readonly work_mem: string;
    readonly wal_buffers: string;
    readonly min_wal_size: string;
    readonly max_wal_size: string;
  };
}

/** What PostgreSQL is told to use fits its container and its volume. */
export const checkPostgresql: SectionCheck<Postgresql> = ({ parameters, resources, storage }, context) => {
  const halfMemory = times(bytesOf(resources.limits.memory), 0.5);
  if (exceeds(postgresBytesOf(parameters.shared_buffers), halfMemory)) {
    report(context, {
      path: ["parameters", "shared_buffers"],
      value: parameters.shared_buffers,
      allowed: `at most half of resources.limits.memory, which is ${resources.limits.memory}; or raise that`,
      example: exampleOf(halfMemory, 16, "MB"),
    });
  } else {
    checkSessions({ parameters, resources, storage }, context);
  }
  const halfVolume = times(bytesOf(storage.size), 0.5);
  if (exceeds(postgresBytesOf(parameters.max_wal_size), halfVolume)) {
    report(context, {
      path: ["parameters", "max_wal_size"],
      value: parameters.max_wal_size,
      allowed: `at most half of storage.size, which is ${storage.size} (a full volume stops the database); or raise that`,
      example: exampleOf(halfVolume, 64, "MB"),
    });
  }
  if (exceeds(postgresBytesOf(parameters.min_wal_size), postgresBytesOf(parameters.max_wal_size))) {
    report(context, {
      path: ["parameters", "min_wal_size"],
      value: parameters.min_wal_size,
      allowed: `at most max_wal_size, which is ${parameters.max_wal_size}`,
      example: parameters.max_wal_size,
    });
  }
};

/** A session that does nothing takes so many bytes of its own. */
const idleSession = 2 * 2 ** 20;

/**
 * Sessions have room beside the buffers: each of them idle, eight sorts or hash tables at once, and maintenance by a command
 * and three autovacuum workers. https://www.postgresql.org/docs/17/runtime-config-resource.html
 */
const checkSessions: SectionCheck<Postgresql> = ({ parameters, resources }, context) => {
  const bytes = {
    wal_buffers: postgresBytesOf(parameters.wal_buffers),
    maintenance_work_mem: times(postgresBytesOf(parameters.maintenance_work_mem), 4),
    work_mem: times(postgresBytesOf(parameters.work_mem), 8),
    max_connections: parameters.max_connections * idleSession,
  };
  const held = sum([postgresBytesOf(parameters.shared_buffers), ...Object.values(bytes)]);
  if (held === undefined || !exceeds(held, bytesOf(resources.limits.memory))) return;
  const [[most] = ["work_mem"]] = Object.entries(bytes).sort(([, a = 0], [, b = 0]) => b - a);
  report(context, {
    path: ["parameters", most],
    value: parameters[most as keyof typeof bytes],
    allowed:
      "lower: shared_buffers, wal_buffers, 4 times maintenance_work_mem, 8 times work_mem and 2MB for each of " +
      `max_connections are ${Math.ceil(held / 2 ** 20)}MB, beyond resources.limits.memory, which is ${resources.limits.memory}; or raise that`,
  });
};

interface Engines {
  readonly maxConcurrentVerifications: number;
  readonly resourceLimitsMemory: string;
}

/** Bytes below which the process of a verification cannot even load. */
const leastMemory = 96 * 2 ** 20;

/** Each of the verifications that run at once gets memory to work with. */
export const checkEngines: SectionCheck<Engines> = (
  { maxConcurrentVerifications, resourceLimitsMemory },
  context,
) => {
  if (!exceeds(leastMemory * maxConcurrentVerifications, bytesOf(resourceLimitsMemory))) return;
  report(context, {
    path: ["resourceLimitsMemory"],
    value: resourceLimitsMemory,
    allowed: `at least 96Mi for each of maxConcurrentVerifications, which is ${maxConcurrentVerifications}; or lower that`,
    example: `${96 * maxConcurrentVerifications}Mi`,
  });
};

interface Bodies {
  readonly settings: { readonly maxRequestSize: string };
  readonly gateway: { readonly resources: ContainerResources };
}

/** Share of a gateway's memory that the largest body may be: several are held at once, each some times over. */
const largestBody = 1 / 64;

/** The bodies that a gateway takes fit its container. */
export const checkBodies: SectionCheck<Bodies> = ({ settings, gateway }, context) => {
  const { memory } = gateway.resources.limits;
  const limit = times(bytesOf(memory), largestBody);
  if (!exceeds(bytesOf(settings.maxRequestSize), limit)) return;
  report(context, {
    path: ["settings", "maxRequestSize"],
    value: settings.maxRequestSize,
    allowed: `at most a 64th of gateway.resources.limits.memory, which is ${memory}; or raise that`,
    example: limit === undefined ? undefined : `${Math.floor(limit / 2 ** 10)}Ki`,
  });
};

interface Redis {
  readonly resources: ContainerResources;
  readonly maxmemory: string;
}

/** What Redis is told to use fits its container, with room for the pages that a snapshot copies. */
export const checkRedis: SectionCheck<Redis> = ({ maxmemory, resources }, context) => {
  const limit = times(bytesOf(resources.limits.memory), 0.75);
  if (exceeds(redisBytesOf(maxmemory), limit)) {
    report(context, {
      path: ["maxmemory"],
      value: maxmemory,
      allowed: `at most three quarters of resources.limits.memory, which is ${resources.limits.memory} (a snapshot copies pages); or raise that`,
      example: exampleOf(limit, 8, "mb"),
    });
  }
};

/** A value that is no legal quantity is reported by itself, and compared with nothing. */
function exceeds(value: number | undefined, limit: number | undefined): boolean {
  return value !== undefined && limit !== undefined && value > limit;
}

function times(bytes: number | undefined, factor: number): number | undefined {
  return bytes === undefined ? undefined : bytes * factor;
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  );
}

/** So many whole mebibytes as an example, unless they are below what the key takes at least. */
function exampleOf(bytes: number | undefined, least: number, unit: string): string | undefined {
  const mebibytes = Math.floor((bytes ?? 0) / 2 ** 20);
  return mebibytes < least ? undefined : `${mebibytes}${unit}`;
}

function report<T>(
  context: z.core.$RefinementCtx<T>,
  {
    path,
    ...params
  }: { path: string[]; value: string | number; allowed: string; example?: string | undefined },
): void {
  context.addIssue({ code: "custom", path, params });
}
