import type { Report } from "../report.ts";

/**
 * A `report.detail` that may be called as often as one likes: it passes on a line a second where lines
 * overwrite each other (a terminal), and one every half minute where each of them stays (a log).
 */
export function progress(
  report: Report,
  everyMs = process.stderr.isTTY ? 900 : 30_000,
): (message: string) => void {
  let last = Date.now() - (process.stderr.isTTY ? everyMs : 0);
  return (message) => {
    if (Date.now() - last < everyMs) return;
    last = Date.now();
    report.detail(message);
  };
}

/** `45 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
