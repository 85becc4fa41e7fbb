import { expect, test } from "vitest";
import type { Backup } from "../../../services/object-storage/backups.ts";
import { doubtOf, type StoredDump } from "../../../services/object-storage/doubt.ts";

/** `2026-11-23` at a time. */
const at = (time: string) => new Date(`2026-11-23T${time}Z`);
const dump: StoredDump = {
  begun: "2026-11-23T02:00:00Z",
  modified: at("02:30:00"),
  now: at("02:31:00"),
  size: 100,
};

function backup(name: string, size: number, doubt?: string): Backup {
  const facts = {
    form: 1,
    begun: name,
    database: "d",
    serverVersion: "17.11",
    sha256: "0".repeat(64),
  } as const;
  return { name, size, ...facts, ...(doubt !== undefined && { doubt }) };
}

test.each<[string, Partial<StoredDump>, Backup[]]>([
  ["the first one", {}, []],
  ["half as large as the last", {}, [backup("a", 200)]],
  ["larger than the last", {}, [backup("a", 1_000), backup("b", 10)]],
  ["as small as one that is sound, after one in doubt", {}, [backup("a", 10), backup("b", 1_000, "a clock")]],
  ["that took a day, with right clocks", { modified: at("23:00:00"), now: at("23:59:59") }, []],
  ["of a clock that is half an hour ahead", { modified: at("01:30:00") }, []],
  ["of a clock that is half an hour behind", { modified: at("03:00:00") }, []],
])("there is no doubt about a backup %s", (_what, changes, backups) => {
  expect(doubtOf({ ...dump, ...changes }, { backups })).toBeUndefined();
});

test.each<[string, Partial<StoredDump>, Backup[], string]>([
  [
    "a bit smaller than half of the last sound one",
    {},
    [backup("a", 201), backup("b", 10, "its size")],
    "its dump has 100 bytes, and that of backup a has 201",
  ],
  [
    "of a clock that is ahead",
    { modified: at("00:59:59") },
    [],
    "the clock of its node is ahead of that of the object storage: it began at 2026-11-23T02:00:00Z, and was stored at 2026-11-23T00:59:59.000Z",
  ],
  [
    "of a clock that is behind",
    { modified: at("03:31:01") },
    [],
    "the clock of its node is behind that of the object storage: it began at 2026-11-23T02:00:00Z, and was stored at 2026-11-23T03:31:01.000Z",
  ],
])("there is doubt about a backup %s", (_what, changes, backups, doubt) => {
  expect(doubtOf({ ...dump, ...changes }, { backups })).toBe(doubt);
});
