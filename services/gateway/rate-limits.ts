import { isIPv6 } from "node:net";
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from "rate-limiter-flexible";

/** Seconds that requests are counted over. */
export const windowSeconds = 60;

/** Failed authentications that one client address may have in a window. */
export const failuresPerWindow = 30;

/** The connection to Redis that counts for all pods together. */
export interface CounterStore {
  /** False while there is no connection. */
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What is left of a limit after a request was counted. */
export interface Allowance {
  readonly allowed: boolean;
  /** Requests in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
}

/** The limits of the gateway. While Redis is away each process counts for itself. */
export interface RateLimits {
  /** Counts a request of a recognised caller. */
  countRequest(caller: string): Promise<Allowance>;
  /** Counts a failed authentication from a client address. */
  countFailure(address: string): Promise<Allowance>;
}

/** What counts for all pods together. */
export interface SharedCounting {
  /** @default none: each process counts for itself */
  readonly store?: CounterStore | undefined;
  /** Milliseconds to wait for the store before a request is counted in memory. @default 250 */
  readonly storeTimeout?: number;
}

/** @param requestsPerWindow requests of one caller */
export function rateLimits(requestsPerWindow: number, shared: SharedCounting = {}): RateLimits {
  const countRequest = counter({ name: "requests", limit: requestsPerWindow }, shared);
  const countFailure = counter({ name: "failures", limit: failuresPerWindow }, shared);
  return { countRequest, countFailure: (address) => countFailure(networkOf(address)) };
}

interface Limit {
  /** Separates the counters of this limit from others. */
  readonly name: string;
  readonly limit: number;
}

function counter({ name, limit }: Limit, { store, storeTimeout = 250 }: SharedCounting) {
  const options = { keyPrefix: `rate-limit:${name}`, points: limit, duration: windowSeconds };
  const memory = new RateLimiterMemory(options);
  const limiter = store
    ? new RLWrapperTimeouts({ limiter: insured(options, store, memory), timeoutMs: storeTimeout })
    : memory;
  return async (key: string): Promise<Allowance> => {
    try {
      return allowanceOf(await limiter.consume(key), limit, true);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return allowanceOf(refusal, limit, false);
      throw refusal;
    }
  };
}

function insured(
  options: { keyPrefix: string; points: number; duration: number },
  storeClient: CounterStore,
  insuranceLimiter: RateLimiterMemory,
): RateLimiterRedis {
  return new RateLimiterRedis({
    ...options,
    storeClient,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    insuranceLimiter,
  });
}

function allowanceOf(
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  limit: number,
  allowed: boolean,
): Allowance {
  return {
    allowed,
    limit,
    remaining: remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  };
}

/** An IPv6 client has a network of 64 bits to itself, so that is what is counted. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail = ""] = address.split("::").map((part) => part.replace(/%.*$/, ""));
  const groups = head === "" ? [] : head.split(":");
  const tailGroups = tail === "" ? 0 : tail.split(":").length;
  const zeros = Array.from({ length: 8 - groups.length - tailGroups }, () => "0");
  return `${[...groups, ...zeros].slice(0, 4).join(":")}::/64`;
}
