/** Whether a backup holds what it should, as far as can be told beside the others and the clock of the store. */
import { type Backup, type Folder, isSound } from "./backups.ts";

/** Milliseconds by which the clocks of node and store may differ. */
const clockTolerance = 3_600_000;
/** Share of the last sound dump's size below which one is too small. */
const leastShare = 0.5;

/** What is known of a dump that was just stored. */
export interface StoredDump {
  /** When it began, by the clock of the node: RFC 3339 in UTC. */
  readonly begun: string;
  /** When the store took it, by its own clock. */
  readonly modified: Date;
  /** When it had been read back, by the clock of the node. */
  readonly now: Date;
  /** In bytes. */
  readonly size: number;
}

/**
 * Why a dump may not hold what it should: its time is not true, or so much less is in it than in the last sound one that
 * the database may have lost what it had. Undefined where there is no doubt.
 */
export function doubtOf(dump: StoredDump, { backups }: Pick<Folder, "backups">): string | undefined {
  const { begun, modified, now, size } = dump;
  const isEarly = modified.getTime() < Date.parse(begun) - clockTolerance;
  const isLate = modified.getTime() > now.getTime() + clockTolerance;
  if (isEarly || isLate) {
    const clock = `${isEarly ? "ahead of" : "behind"} that of the object storage`;
    return `the clock of its node is ${clock}: it began at ${begun}, and was stored at ${modified.toISOString()}`;
  }
  const last = backups.findLast(isSound);
  if (last === undefined || size >= last.size * leastShare) return undefined;
  return `its dump has ${size} bytes, and that of backup ${last.name} has ${last.size}`;
}

/** @throws Error when sound backups say that they began later than the one that was just stored: a clock was wrong */
export function assertNewest({ name }: Pick<Backup, "name">, { backups }: Pick<Folder, "backups">): void {
  const later = backups
    .filter((backup) => isSound(backup) && backup.name > name)
    .map((backup) => backup.name);
  if (later.length === 0) return;
  throw new Error(
    `Backup ${name} is stored, and is not the newest: ${later.join(", ")} say that they began later. A clock is or was ` +
      "wrong, so that nothing is deleted. Set it right; then delete those whose time has not come.",
  );
}
