import type { z } from "zod";
import { bytesOf, millicoresOf, postgresBytesOf, redisBytesOf } from "../components/foundation/quantity.ts";

/** Judges keys of one section against each other; runs when each is legal by itself. */
type SectionCheck<T> = (section: T, context: z.core.$RefinementCtx<T>) => void;

interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** What a container reserves is at most what it may use. */
export const checkResources: SectionCheck<Resources> = ({ requests, limits }, context) => {
  if ((millicoresOf(requests.cpu) ?? 0) > (millicoresOf(limits.cpu) ?? 0)) {
    report(context, "requests.cpu", `at most limits.cpu, which is ${limits.cpu}`, `"${limits.cpu}"`);
  }
  if ((bytesOf(requests.memory) ?? 0) > (bytesOf(limits.memory) ?? 0)) {
    report(context, "requests.memory", `at most limits.memory, which is ${limits.memory}`, limits.memory);
  }
};

interface Postgresql {
  readonly resources: Resources;
  readonly storage: { readonly size: string };
  readonly parameters: {
    readonly shared_buffers: string;
    readonly min_wal_size: string;
    readonly max_wal_size: string;
  };
}

/** What PostgreSQL is told to use fits its container and its volume. */
export const checkPostgresql: SectionCheck<Postgresql> = ({ parameters, resources, storage }, context) => {
  const memory = resources.limits.memory;
  if ((postgresBytesOf(parameters.shared_buffers) ?? 0) > (bytesOf(memory) ?? 0) / 2) {
    const allowed = `at most half of resources.limits.memory, which is ${memory}`;
    report(context, "parameters.shared_buffers", allowed, "256MB");
  }
  if ((postgresBytesOf(parameters.max_wal_size) ?? 0) > (bytesOf(storage.size) ?? 0) / 2) {
    const allowed = `at most half of storage.size, which is ${storage.size} (a full volume stops the database)`;
    report(context, "parameters.max_wal_size", allowed, "1GB");
  }
  if ((postgresBytesOf(parameters.min_wal_size) ?? 0) > (postgresBytesOf(parameters.max_wal_size) ?? 0)) {
    const allowed = `at most max_wal_size, which is ${parameters.max_wal_size}`;
    report(context, "parameters.min_wal_size", allowed, parameters.max_wal_size);
  }
};

interface Redis {
  readonly resources: Resources;
  readonly maxmemory: string;
}

/** What Redis is told to use fits its container, with room for the pages that a snapshot copies. */
export const checkRedis: SectionCheck<Redis> = ({ maxmemory, resources }, context) => {
  const memory = resources.limits.memory;
  if ((redisBytesOf(maxmemory) ?? 0) > (bytesOf(memory) ?? 0) * 0.75) {
    const allowed = `at most three quarters of resources.limits.memory, which is ${memory} (a snapshot copies pages)`;
    report(context, "maxmemory", allowed, "256mb");
  }
};

function report<T>(context: z.core.$RefinementCtx<T>, path: string, allowed: string, example: string): void {
  context.addIssue({ code: "custom", path: path.split("."), params: { allowed, example } });
}
