/** An operation that took longer than it was given. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * What the work gives, or a `TimeoutError` once so many milliseconds are over. The work itself goes on: what it gives
 * then is dropped.
 *
 * @param what names the work in the error
 */
export async function within<T>(milliseconds: number, what: string, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TimeoutError(`${what} took longer than ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
