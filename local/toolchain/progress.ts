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

/** `512 of 2619 packages, 2 min 10 s so far, about 9 min left`; no outlook before it means something. */
export function progressLine(args: { compiled: number; packages: number; seconds: number }): string {
  const { compiled, packages, seconds } = args;
  if (compiled >= packages) return `linking, ${duration(seconds)} so far`;
  const left = (seconds / compiled) * (packages - compiled);
  const outlook = left < 90 ? `${Math.ceil(left)} s` : `${Math.round(left / 60)} min`;
  const soFar = `${compiled} of ${packages} packages, ${duration(seconds)} so far`;
  return compiled < 20 ? soFar : `${soFar}, about ${outlook} left`;
}
