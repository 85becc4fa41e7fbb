import type { VerificationEvent } from "../database/events.ts";
import type { Verification } from "../database/verification.ts";
import { commentText, eventText, retryText } from "./server-sent-events.ts";

type ProgressEvent = Extract<VerificationEvent, { type: "progress" }>;

/** Where the news of a verification come from. */
export interface News {
  /** The record, which is what counts. May reject while the database is away. */
  get(id: string): Promise<Verification | undefined>;
  /**
   * What verifiers tell at once, as far as Redis is there to carry it: nothing depends on it.
   *
   * @returns ends the subscription
   */
  subscribe(id: string, onEvent: (event: VerificationEvent) => void): () => void;
}

/** How often a stream says or does something by itself, in milliseconds. */
export interface Pace {
  /** Between two looks at the record. */
  readonly poll: number;
  /** Longest silence on the connection: proxies cut those that are silent for longer, often after 30 s or 60 s. */
  readonly heartbeat: number;
}

export const usualPace: Pace = { poll: 2_000, heartbeat: 15_000 };

/** What a client waits before it connects again, in milliseconds. */
const reconnectDelay = 2_000;

/** Progress events kept for a client that reads slowly; older ones are dropped. */
const maxBacklog = 100;

/** When a stream ends before the verification does. */
export interface Endings {
  /** The client is gone. */
  readonly disconnected: AbortSignal;
  /** This process is ending: clients are to connect to another one. */
  readonly stopping: AbortSignal;
}

/**
 * The event stream of a verification, as text: `status` (a `Verification`) first and at each change, `progress` in
 * between, `finished` (the `Verification` with its result) last. It may begin at any time: what is missed is only
 * progress.
 */
export async function* follow(
  first: Verification,
  news: News,
  { disconnected, stopping }: Endings,
  pace: Pace = usualPace,
): AsyncGenerator<string> {
  const stop = AbortSignal.any([disconnected, stopping]);
  const inbox = new Inbox(stop);
  const unsubscribe = news.subscribe(first.id, (event) => inbox.put(event));
  try {
    yield retryText(reconnectDelay);
    // What was told before the subscription held is in the record.
    let latest = (await read(news, first.id)) ?? first;
    let shown: string | undefined;
    let polled = Date.now();
    let spoken = Date.now();
    while (!stop.aborted) {
      for (const text of textsOf(latest, shown, inbox.takeProgress())) {
        yield text;
        spoken = Date.now();
      }
      if (latest.status === "finished") return;
      shown = stateOf(latest);
      await inbox.filled(Math.min(polled + pace.poll, spoken + pace.heartbeat) - Date.now());
      if (inbox.takeStatusChanged() || latest.status === "queued" || Date.now() >= polled + pace.poll) {
        latest = (await read(news, first.id)) ?? latest;
        polled = Date.now();
      }
      if (Date.now() >= spoken + pace.heartbeat) {
        yield commentText("still here");
        spoken = Date.now();
      }
    }
    if (stopping.aborted) yield commentText("this server is stopping, connect again");
  } finally {
    unsubscribe();
  }
}

/** The record; undefined while it cannot be read, and then the stream goes on with what it knows. */
function read(news: News, id: string): Promise<Verification | undefined> {
  return news.get(id).catch(() => undefined);
}

/** What is worth an event: another attempt is one, too. */
function stateOf({ status, startedAt }: Verification): string {
  return `${status} ${startedAt}`;
}

/** What to say of the present state, when that which was shown last is another one. */
function textsOf(
  latest: Verification,
  shown: string | undefined,
  progress: readonly ProgressEvent[],
): string[] {
  const { result, ...status } = latest;
  const statusTexts = stateOf(latest) === shown ? [] : [eventText("status", status)];
  if (result) return [...statusTexts, eventText("finished", latest)];
  return [...statusTexts, ...progress.map(({ type: _, ...update }) => eventText("progress", update))];
}

/** What has arrived and was not taken yet. */
class Inbox {
  private progress: ProgressEvent[] = [];
  private statusChanged = false;
  private wake: () => void = () => {};
  private readonly stop: AbortSignal;

  constructor(stop: AbortSignal) {
    this.stop = stop;
    stop.addEventListener("abort", () => this.wake(), { once: true });
  }

  put(event: VerificationEvent): void {
    if (event.type === "status") this.statusChanged = true;
    else this.progress = [...this.progress, event].slice(-maxBacklog);
    this.wake();
  }

  takeProgress(): ProgressEvent[] {
    const taken = this.progress;
    this.progress = [];
    return taken;
  }

  takeStatusChanged(): boolean {
    const taken = this.statusChanged;
    this.statusChanged = false;
    return taken;
  }

  /** Resolves once there is something, the stream is to stop, or so many milliseconds are over. */
  async filled(milliseconds: number): Promise<void> {
    if (this.stop.aborted || this.statusChanged || this.progress.length > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
