/** Passes on at most one of the things it is given in each interval, the latest; the last one always. */
export function throttled<T>(pass: (item: T) => void, milliseconds: number) {
  let waiting: { readonly item: T } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    if (!waiting) return;
    const { item } = waiting;
    waiting = undefined;
    timer = setTimeout(flush, milliseconds);
    pass(item);
  }

  return {
    push(item: T): void {
      waiting = { item };
      if (timer === undefined) flush();
    },
    /** Passes on what waits, and nothing after it. */
    end(): void {
      clearTimeout(timer);
      flush();
      clearTimeout(timer);
    },
  };
}
