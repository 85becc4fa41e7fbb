import { posix } from "node:path";
import { isBelow } from "../objects/mounted-files.ts";
import { prometheusesOf } from "../objects/prometheus.ts";
import { list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Rules that Prometheus does not find alert nobody. */
export const ruleFiles = stackRule({
  name: "rule-files",
  severity: "mandatory",
  description: "The rule_files of a Prometheus match files that it mounts.",
  why: "Prometheus starts without them, and no alert is ever raised.",
  reference: "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file",
  check(stack) {
    return prometheusesOf(stack).flatMap(({ configuration, file, mounted, path }) =>
      list(configuration.rule_files).flatMap((item) => {
        const pattern = text(item);
        if (pattern === undefined) return [];
        const whole = posix.resolve(posix.dirname(file.file), pattern);
        const folder = posix.dirname(whole.replace(/[*?[].*$/, "x"));
        // Volumes whose files the set does not show may have them.
        if (isBelow(folder, mounted.unknown)) return [];
        if (mounted.files.some((one) => matches(one.file, whole))) return [];
        return [
          {
            object: file.configMap,
            path,
            problem: isPath(pattern)
              ? `rule_files has ${pattern}, and nothing that is mounted at ${folder} matches it`
              : "rule_files has what is no path of a file",
            fix: "Mount the rules there, or leave the entry out",
          },
        ];
      }),
    );
  },
});

/** Addresses are none, and may hold a login. */
function isPath(pattern: string): boolean {
  return !/[@\n]|:\/\//.test(pattern);
}

/** As Go's filepath.Match, which Prometheus uses: a star stops at a slash. */
function matches(file: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  try {
    return new RegExp(`^${source}$`).test(file);
  } catch {
    // A pattern that is none is Prometheus' to report.
    return true;
  }
}
