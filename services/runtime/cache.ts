import { createClient } from "redis";
import type { z } from "zod";
import type { Logger } from "./logs.ts";
import type { CommonMetrics } from "./metrics.ts";
import { within } from "./within.ts";

export interface CacheOptions {
  readonly host: string;
  readonly port: number;
  /** Password of the default user, asked for at each connect, as it is rotated. */
  readonly password: () => string;
  readonly log: Logger;
  readonly metrics: Pick<CommonMetrics, "cache_up">;
}

/**
 * A shared memory that may be slow, empty or gone at any moment: no method fails. While it is gone, reading finds
 * nothing and writing does nothing.
 */
export interface Cache {
  /** Whether it answers. */
  readonly isUp: boolean;
  /** The connection, for libraries that take one: commands fail at once while the cache is gone. */
  readonly client: CacheClient;
  /** What was set; undefined if nothing was, if it has expired, or if it is not of this form (an older version set it). */
  get<T>(key: string, form: z.ZodType<T>): Promise<T | undefined>;
  /** Sets a value that JSON can hold, for so long. */
  set(key: string, value: unknown, lifetime: { readonly seconds: number }): Promise<void>;
  /** Tells whoever listens to the channel at this moment. */
  publish(channel: string, message: unknown): Promise<void>;
  /**
   * Hands over what is published on the channel and is of this form, also after the cache was gone; what was published
   * meanwhile is lost.
   *
   * @returns ends the subscription
   */
  subscribe<T>(channel: string, form: z.ZodType<T>, listener: (message: T) => void): () => void;
  /** Ends the connection. */
  stop(): void;
}

export type CacheClient = ReturnType<typeof clientFor>;

const milliseconds = {
  connect: 2_000,
  /** Longest that a command may take: the database would answer sooner. */
  command: 500,
  /** So long a cache that did not answer a command is left alone. */
  rest: 2_000,
  ping: 5_000,
  /** A connection that has been silent for so long is dead, as there are pings. */
  silence: 12_000,
  /** Longest between two attempts to connect. */
  reconnect: 5_000,
} as const;

/** Connects in the background, and again whenever the connection is lost. */
export function openCache(options: CacheOptions): Cache {
  const { log } = options;
  const client = clientFor(options);
  const state = cacheState(options);
  const channels = new Map<string, Set<(text: string) => void>>();

  const dispatch = (text: string, channel: string) => {
    for (const listener of channels.get(channel) ?? []) listener(text);
  };
  const listenTo = async (channel: string) => {
    if (client.isReady) await client.subscribe(channel, dispatch).catch(state.down);
  };
  const attempt = async <T>(command: () => Promise<T>): Promise<T | undefined> => {
    if (!client.isReady || state.isResting()) return undefined;
    try {
      const answer = await within(milliseconds.command, "the cache's answer", command());
      state.up();
      return answer;
    } catch (error) {
      state.rest(error);
      return undefined;
    }
  };

  client.on("ready", () => {
    state.up();
    for (const channel of channels.keys()) void listenTo(channel);
  });
  client.on("error", state.down);
  client.connect().catch(state.down);

  return {
    get isUp() {
      return client.isReady && state.isUp();
    },
    client,
    get: async (key, form) => {
      const text = await attempt(() => client.get(key));
      return typeof text === "string" ? readAs(text, form) : undefined;
    },
    set: async (key, value, { seconds }) => {
      const text = JSON.stringify(value);
      await attempt(() => client.set(key, text, { expiration: { type: "EX", value: seconds } }));
    },
    publish: async (channel, message) => {
      await attempt(() => client.publish(channel, JSON.stringify(message)));
    },
    subscribe: (channel, form, listener) => {
      const receive = (text: string) => {
        const message = readAs(text, form);
        if (message !== undefined) listener(message);
      };
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(receive));
      if (listeners.size === 1) void listenTo(channel);
      return () => {
        if (!listeners.delete(receive) || listeners.size > 0) return;
        channels.delete(channel);
        if (client.isReady) client.unsubscribe(channel, dispatch).catch(state.down);
      };
    },
    stop: () => {
      client.removeListener("error", state.down);
      client.on("error", (err) => log.debug({ err }, "the connection to the cache ended"));
      client.destroy();
    },
  };
}

function clientFor({ host, port, password }: Pick<CacheOptions, "host" | "port" | "password">) {
  return createClient({
    socket: {
      host,
      port,
      connectTimeout: milliseconds.connect,
      socketTimeout: milliseconds.silence,
      reconnectStrategy: (attempts) =>
        Math.min(50 * 2 ** attempts, milliseconds.reconnect) * (0.5 + Math.random() / 2),
    },
    pingInterval: milliseconds.ping,
    credentialsProvider: {
      type: "async-credentials-provider",
      credentials: async () => ({ password: password() }),
    },
    disableOfflineQueue: true,
    maintNotifications: "disabled",
  });
}

/** Whether the cache answers, told once per change. */
function cacheState({ host, port, log, metrics }: CacheOptions) {
  let up: boolean | undefined;
  let restsUntil = 0;
  const change = (to: boolean, tell: () => void) => {
    metrics.cache_up.set(to ? 1 : 0);
    if (up !== to) tell();
    up = to;
  };
  const down = (err: unknown) =>
    change(false, () => log.warn({ err, host, port }, "the cache does not answer; going on without it"));
  return {
    isUp: () => up === true,
    isResting: () => performance.now() < restsUntil,
    up: () => change(true, () => log.info({ host, port }, "the cache answers")),
    down,
    /** Down, and left alone for a while, so that callers do not wait for it one after the other. */
    rest: (err: unknown) => {
      restsUntil = performance.now() + milliseconds.rest;
      down(err);
    },
  };
}

function readAs<T>(text: string, form: z.ZodType<T>): T | undefined {
  try {
    return form.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
