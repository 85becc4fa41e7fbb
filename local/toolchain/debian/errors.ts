/** Debian packages could not be had. The message is meant for the person at the keyboard and is complete. */
export class DebianError extends Error {
  override readonly name = "DebianError";

  constructor(args: { reason: string; advice: string }) {
    super(`${args.reason}\n${args.advice}`);
  }
}

/** Reads the output of apt and dpkg for what a person can do about it. */
export function explainAptFailure(args: {
  what: string;
  problem: string;
  lines: readonly string[];
}): DebianError {
  const text = args.lines.join("\n");
  const marked = args.lines.filter((line) => /^(E:|Err:|dpkg|tar:)|Depends:|Conflicts:/.test(line));
  const said = marked.length > 0 ? marked : args.lines;
  const reason = [
    `${args.what} failed: ${args.problem}`,
    ...said.slice(-8).map((line) => `  ${line.trim()}`),
  ].join("\n");
  if (/No space left on device|don't have enough free space/i.test(text)) {
    return new DebianError({
      reason,
      advice: "Free some space, or use another disk (IOT_VERIFICATION_CACHE), and run the command again.",
    });
  }
  if (/Unable to locate package|has no installation candidate/.test(text)) {
    return new DebianError({
      reason,
      advice:
        "The machine's package sources (/etc/apt/sources.list, /etc/apt/sources.list.d) do not have it: add the distribution's main archive there.",
    });
  }
  if (/unmet dependencies|held broken packages/.test(text)) {
    return new DebianError({
      reason,
      advice:
        "The machine's package sources do not fit each other or the installed release: keep to one release in /etc/apt.",
    });
  }
  if (/is not signed|NO_PUBKEY|EXPKEYSIG|BADSIG|Hash Sum mismatch/.test(text)) {
    return new DebianError({
      reason,
      advice:
        "What was downloaded is not what the machine's trusted keys vouch for. Do not go on: find out what its package sources serve (apt-get update).",
    });
  }
  return new DebianError({
    reason,
    advice:
      "Check that the machine's package sources can be reached (apt-get update), then run the command again.",
  });
}
