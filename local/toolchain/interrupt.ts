const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that must tidy up when the person presses Ctrl-C or the terminal goes away: the work gets an
 * abort signal, and when it has ended the process ends as the signal asked.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals) => {
    received ??= signal;
    controller.abort(
      new Error(`Interrupted by ${signal}. Run the command again: it goes on where it stopped.`),
    );
  };
  for (const signal of signals) process.on(signal, listener);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, listener);
    if (received && process.listenerCount(received) === 0) process.kill(process.pid, received);
  }
}
