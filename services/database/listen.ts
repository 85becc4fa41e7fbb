/** LISTEN on a connection of its own, which is made again whenever it is lost. */
import type pg from "pg";
import { within } from "../runtime/within.ts";
import type { Database, Listening } from "./database.ts";

export interface ListenOptions {
  readonly channel: string;
  readonly onNotification: (payload: string) => void;
  /** Called whenever the subscription begins: what came before it was missed. */
  readonly onReconnect: () => void;
  /** Called whenever the subscription is lost. It is made again without help. */
  readonly onLost: (error: Error) => void;
}

/** Milliseconds between two checks that the connection still works. */
const checkInterval = 10_000;
/** Milliseconds that the end of the connection may take: a server that hangs does not answer to it. */
const closeTimeout = 2_000;
/** Milliseconds until the connection is made again, doubled with each failure up to the longest. */
const retryDelay = { first: 500, longest: 10_000 };

/** Resolves once the subscription holds; rejects if the first connection fails. */
export async function listen(database: Database, options: ListenOptions): Promise<Listening> {
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  async function subscribe(): Promise<void> {
    const next = await database.dedicated();
    try {
      await next.query(`LISTEN "${options.channel.replaceAll('"', '""')}"`);
    } catch (error) {
      end(next);
      throw error;
    }
    if (closed) return end(next);
    client = next;
    failures = 0;
    next.on("notification", ({ payload }) => options.onNotification(payload ?? ""));
    next.once("error", (error) => lost(next, error));
    next.once("end", () => lost(next, new Error("The connection that listens for jobs has ended.")));
    checkLater(next);
    options.onReconnect();
  }

  function checkLater(listening: pg.Client): void {
    timer = setTimeout(() => {
      listening.query("SELECT 1").then(
        () => client === listening && checkLater(listening),
        (error: Error) => lost(listening, error),
      );
    }, checkInterval);
  }

  function lost(listening: pg.Client, error: Error): void {
    if (closed || client !== listening) return;
    client = undefined;
    clearTimeout(timer);
    end(listening);
    options.onLost(error);
    retryLater();
  }

  function retryLater(): void {
    if (closed) return;
    const delay = Math.min(retryDelay.longest, retryDelay.first * 2 ** failures++);
    timer = setTimeout(() => void subscribe().catch(retryLater), delay);
  }

  await subscribe();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      if (client) await within(closeTimeout, "ending the subscription", client.end()).catch(() => {});
    },
  };
}

function end(client: pg.Client): void {
  client.end().catch(() => {});
}
