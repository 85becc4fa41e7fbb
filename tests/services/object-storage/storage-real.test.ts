import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isSound, nameOf, readFolder } from "../../../services/object-storage/backups.ts";
import type { Retention } from "../../../services/object-storage/retention.ts";
import { prune, upload } from "../../../services/object-storage/upload.ts";
import { recordingLog } from "../runtime/fixtures.ts";
import {
  mappedNames,
  type ObjectStorageServer,
  runProgram,
  startObjectStorage,
  startProgram,
  startProxy,
  writeFiles,
} from "./rig.ts";

let storage: ObjectStorageServer;

beforeAll(async () => {
  storage = await startObjectStorage();
  expect((await runProgram("ensure-buckets", storage.environment)).code).toBe(0);
});

afterAll(() => storage?.remove());

/** A folder of the bucket for each test, and files of one pod. */
let place: { readonly BACKUP_FOLDER: string; readonly DUMP_FILE: string };
let count = 0;

beforeEach(() => {
  const scratch = mkdtempSync(join(storage.dir, "scratch-"));
  place = { BACKUP_FOLDER: `folder-${++count}`, DUMP_FILE: join(scratch, "database.dump") };
});

const run = (mode: Parameters<typeof runProgram>[0], environment: Readonly<Record<string, string>> = {}) =>
  runProgram(mode, { ...storage.environment, ...place, ...environment });

/** A dump that began at a time, as dump.sh leaves it: the program does not look into it. */
function writeDump(begun: string, content: Buffer | string = `dump of ${begun}`) {
  writeFileSync(place.DUMP_FILE, content);
  const made = begun.replace("T", " ").replace("Z", "");
  const contents = [
    ";",
    `; Archive created at ${made} UTC`,
    ";     dbname: iot_verification",
    ";     Dumped from database version: 17.11 (Debian 17.11-1)",
    "",
  ];
  writeFileSync(`${place.DUMP_FILE}.contents`, contents.join("\n"));
}

/** Stores a backup without a process of its own, which takes a second to start. */
async function store(begun: string, content?: string) {
  writeDump(begun, content);
  const { BACKUP_FOLDER: folder, DUMP_FILE: file } = place;
  await upload(storage.store, { file, folder });
}

/** Deletes what is superseded without a process of its own. */
async function pruned(retention: Retention) {
  const folder = place.BACKUP_FOLDER;
  const content = await readFolder(storage.store, folder);
  await prune(storage.store, { folder, content, retention, now: new Date(), log: recordingLog().log });
}

/** Names of backups that are sound, of those in doubt, and of the others, with what is wrong with them. */
async function listed() {
  const { backups, unfinished, unusable } = await readFolder(storage.store, place.BACKUP_FOLDER);
  const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return {
    sound: namesOf(backups.filter(isSound)),
    inDoubt: namesOf(backups.filter((backup) => !isSound(backup))),
    unfinished: namesOf(unfinished),
    unusable: unusable.map(({ name, why }) => [name, why]),
  };
}

const nothing = { sound: [], inDoubt: [], unfinished: [], unusable: [] };

const filesOf = (folder: string) => readdirSync(join(storage.bucketFolder, folder)).sort();
const fileOf = (name: string) => join(storage.bucketFolder, place.BACKUP_FOLDER, name);

function messageOf({ lines }: Awaited<ReturnType<typeof run>>) {
  const fatal = lines.find(({ level }) => level === "fatal");
  return (fatal?.err as { message: string } | undefined)?.message;
}

describe("the bucket", () => {
  it("is made once", async () => {
    const bucket = { OBJECT_STORAGE_BUCKET: "another" };
    const said = async () => (await run("ensure-buckets", bucket)).lines.map(({ msg }) => msg);
    expect(await said()).toEqual(["the bucket was made", "ended"]);
    expect(await said()).toEqual(["the bucket is there", "ended"]);
  });

  it("is refused to another key pair, with words that say so", async () => {
    const { key } = writeFiles(join(storage.dir, "wrong"), { key: "another-secret" });
    const ended = await run("ensure-buckets", { OBJECT_STORAGE_SECRET_ACCESS_KEY_FILE: key ?? "" });
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toContain(
      "Could not look for the bucket: status 403, the key pair is not accepted, or may not do this " +
        `(bucket backups of the object storage at http://${storage.address}).`,
    );
  });

  it("cannot be reached where nothing listens, with words that say so", async () => {
    const ended = await run("ensure-buckets", { OBJECT_STORAGE_ENDPOINT: "http://127.0.0.1:1" });
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toMatch(
      /^Could not look for the bucket: connect ECONNREFUSED 127\.0\.0\.1:1 \(/,
    );
  });
});

describe("an upload", () => {
  it("makes a backup of two objects, which a download brings back", async () => {
    const content = randomBytes(20 * 2 ** 20);
    writeDump("2020-11-23T13:20:00Z", content);
    expect((await run("upload")).code).toBe(0);
    const name = "2020-11-23T13-20-00Z";
    expect(filesOf(place.BACKUP_FOLDER)).toEqual([`${name}.dump`, `${name}.json`]);
    expect(JSON.parse(readFileSync(fileOf(`${name}.json`), "utf8"))).toEqual({
      form: 1,
      begun: "2020-11-23T13:20:00Z",
      database: "iot_verification",
      serverVersion: "17.11",
      size: content.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    rmSync(place.DUMP_FILE);
    expect((await run("download")).code).toBe(0);
    expect(readFileSync(place.DUMP_FILE).equals(content)).toBe(true);
  });

  it("that is killed halfway is nothing, and what it leaves can be freed", async () => {
    await store("2020-11-22T00:00:00Z");
    writeDump("2020-11-23T00:00:00Z", randomBytes(40 * 2 ** 20));
    let sent = 0;
    const proxy = await startProxy(storage.address, {
      out: (data) => {
        sent += data.length;
        if (sent > 12 * 2 ** 20) child.kill("SIGKILL");
        return data;
      },
    });
    const { child, ended } = startProgram("upload", {
      ...storage.environment,
      ...place,
      OBJECT_STORAGE_ENDPOINT: `http://${proxy.address}`,
    });
    expect((await ended).code).toBe("SIGKILL");
    proxy.close();
    expect(await listed()).toEqual({ ...nothing, sound: ["2020-11-22T00-00-00Z"] });
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, yesterday)).toEqual([]);
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    const freed = [`${place.BACKUP_FOLDER}/2020-11-23T00-00-00Z.dump`];
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, tomorrow)).toEqual(freed);
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, tomorrow)).toEqual([]);
  });

  it("does not count when the storage gives back something else", async () => {
    writeDump("2020-11-23T00:00:00Z", Buffer.alloc(4 * 2 ** 20, "x"));
    const proxy = await startProxy(storage.address, {
      back: (data) => Buffer.from(data.toString("latin1").replace("xxxx", "xxxy"), "latin1"),
    });
    const ended = await run("upload", { OBJECT_STORAGE_ENDPOINT: `http://${proxy.address}` });
    proxy.close();
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toMatch(/^The object storage does not give back what was stored: /);
    expect(await listed()).toEqual({ ...nothing, unfinished: ["2020-11-23T00-00-00Z"] });
  });

  it("refuses a list of contents that does not say what the dump is", async () => {
    writeDump("2020-11-23T00:00:00Z");
    writeFileSync(`${place.DUMP_FILE}.contents`, "; Archive created at 2020-11-23 00:00:00 CET\n");
    const ended = await run("upload");
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toBe(
      `${place.DUMP_FILE}.contents does not say when the archive was created: it must be the output of pg_restore --list.`,
    );
  });
});

describe("retention", () => {
  it("deletes what no rule keeps, both objects, and nothing else", async () => {
    for (const day of ["02", "03", "09", "10"]) await store(`2020-11-${day}T02:00:00Z`);
    await storage.store.write(`${place.BACKUP_FOLDER}/notes.txt`, "by hand");
    writeDump("2020-11-10T08:00:00Z");
    const keep = { BACKUP_KEEP_LATEST: "1", BACKUP_KEEP_DAILY: "2", BACKUP_KEEP_WEEKLY: "2" };
    const { code, lines } = await run("upload", keep);
    expect(code).toBe(0);
    expect(lines.find(({ msg }) => msg === "these backups are kept")?.kept).toEqual([
      "2020-11-03T02-00-00Z",
      "2020-11-09T02-00-00Z",
      "2020-11-10T08-00-00Z",
    ]);
    const sound = ["2020-11-03T02-00-00Z", "2020-11-09T02-00-00Z", "2020-11-10T08-00-00Z"];
    expect(await listed()).toEqual({ ...nothing, sound });
    expect(filesOf(place.BACKUP_FOLDER)).toEqual([
      "2020-11-03T02-00-00Z.dump",
      "2020-11-03T02-00-00Z.json",
      "2020-11-09T02-00-00Z.dump",
      "2020-11-09T02-00-00Z.json",
      "2020-11-10T08-00-00Z.dump",
      "2020-11-10T08-00-00Z.json",
      "notes.txt",
    ]);
  });

  it("counts sound backups alone, and leaves alone what may still be in the making", async () => {
    await store("2020-11-01T00:00:00Z");
    await storage.store.write(`${place.BACKUP_FOLDER}/2020-11-03T00-00-00Z.dump`, "no manifest");
    await store("2020-11-02T00:00:00Z");
    await pruned({ latest: 2, daily: 0, weekly: 0 });
    expect(await listed()).toEqual({
      ...nothing,
      sound: ["2020-11-01T00-00-00Z", "2020-11-02T00-00-00Z"],
      unfinished: ["2020-11-03T00-00-00Z"],
    });
  });

  it("frees what an interrupted upload left, after a day", async () => {
    const lost = "2020-11-03T00-00-00Z";
    await storage.store.write(`${place.BACKUP_FOLDER}/${lost}.dump`, "no manifest");
    aged(`${lost}.dump`);
    await store("2020-11-02T00:00:00Z");
    await pruned({ latest: 5, daily: 0, weekly: 0 });
    expect(await listed()).toEqual({ ...nothing, sound: ["2020-11-02T00-00-00Z"] });
  });

  it("leaves what it does not understand, and what is damaged, and reports it", async () => {
    const [newer, short, alone] = ["2020-11-01T00-00-00Z", "2020-11-02T00-00-00Z", "2020-11-03T00-00-00Z"];
    for (const day of ["01", "02", "03"]) await store(`2020-11-${day}T00:00:00Z`);
    const manifest = readFileSync(fileOf(`${newer}.json`), "utf8");
    await storage.store.write(
      `${place.BACKUP_FOLDER}/${newer}.json`,
      manifest.replace('"form": 1', '"form": 2'),
    );
    truncateSync(fileOf(`${short}.dump`), 5);
    rmSync(fileOf(`${alone}.dump`));
    const left = filesOf(place.BACKUP_FOLDER);
    for (const file of left) aged(file);
    writeDump("2020-11-04T00:00:00Z");
    const { code, lines } = await run("upload", { BACKUP_KEEP_LATEST: "1" });
    expect(code).toBe(0);
    expect(filesOf(place.BACKUP_FOLDER)).toEqual([
      ...left,
      "2020-11-04T00-00-00Z.dump",
      "2020-11-04T00-00-00Z.json",
    ]);
    expect(lines.filter(({ level }) => level === "error").map(({ backup, why }) => [backup, why])).toEqual([
      [newer, "its manifest cannot be understood"],
      [short, "its dump has 5 bytes instead of 28"],
      [alone, "it has no dump"],
    ]);
  });
});

/** As if it had been stored two days ago. */
function aged(file: string) {
  const then = Date.now() / 1000 - 2 * 86_400;
  utimesSync(fileOf(file), then, then);
}

describe("a backup that may not hold what it should is stored, fails, and deletes nothing:", () => {
  const keep = { BACKUP_KEEP_LATEST: "1" };

  it("of a time to come, which no later one gives way to", async () => {
    await store("2020-11-01T00:00:00Z");
    await store("2020-11-02T00:00:00Z");
    const begun = `${new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 19)}Z`;
    writeDump(begun);
    const ended = await run("upload", keep);
    expect(ended.code).toBe(1);
    const inDoubt = [nameOf(begun)];
    expect(messageOf(ended)?.replace(/ stored at \S+\./, " stored at TIME.")).toBe(
      `Backup ${inDoubt} is stored, and in doubt: the clock of its node is ahead of that of the object storage: it began ` +
        `at ${begun}, and was stored at TIME. No other one is deleted until a backup is sound again, or somebody accepts ` +
        "this one: docs/backup.md, A backup in doubt.",
    );
    expect(await listed()).toEqual({
      ...nothing,
      sound: ["2020-11-01T00-00-00Z", "2020-11-02T00-00-00Z"],
      inDoubt,
    });
    writeDump("2020-11-03T00:00:00Z");
    expect((await run("upload", keep)).code).toBe(0);
    expect(await listed()).toEqual({ ...nothing, sound: ["2020-11-03T00-00-00Z"], inDoubt });
  });

  it("older than one that is there", async () => {
    await store("2020-11-01T00:00:00Z");
    await store("2020-11-09T00:00:00Z");
    writeDump("2020-11-05T00:00:00Z");
    const ended = await run("upload", keep);
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toBe(
      "Backup 2020-11-05T00-00-00Z is stored, and is not the newest: 2020-11-09T00-00-00Z say that they began later. A " +
        "clock is or was wrong, so that nothing is deleted. Set it right; then delete those whose time has not come.",
    );
    const sound = ["2020-11-01T00-00-00Z", "2020-11-05T00-00-00Z", "2020-11-09T00-00-00Z"];
    expect(await listed()).toEqual({ ...nothing, sound });
  });

  it("much smaller than the last sound one, each time, until it is accepted", async () => {
    const small = { begun: ["2020-11-03T00:00:00Z", "2020-11-03T06:00:00Z"], content: "nearly empty" };
    const sound = ["2020-11-01T00-00-00Z", "2020-11-02T00-00-00Z"];
    const inDoubt = small.begun.map(nameOf);
    await store("2020-11-01T00:00:00Z");
    await store("2020-11-02T00:00:00Z");
    for (const [index, begun] of small.begun.entries()) {
      writeDump(begun, small.content);
      const ended = await run("upload", keep);
      expect(ended.code).toBe(1);
      expect(messageOf(ended)).toContain(
        `Backup ${inDoubt[index]} is stored, and in doubt: its dump has 12 bytes, and that of backup ${sound[1]} has 28.`,
      );
    }
    expect(await listed()).toEqual({ ...nothing, sound, inDoubt });
    expect(messageOf(await run("download"))).toContain(
      `The newest backup, ${inDoubt[1]}, is in doubt, as its dump has 12 bytes, and that of backup ${sound[1]} has 28: ` +
        "name the one to take",
    );
    const { code, lines } = await run("list");
    expect(code).toBe(0);
    expect(lines.map(({ level, msg, backup }) => [level, msg, backup])).toEqual([
      ["info", "a backup", sound[0]],
      ["info", "a backup", sound[1]],
      ["warn", "this backup is in doubt", inDoubt[0]],
      ["warn", "this backup is in doubt", inDoubt[1]],
      ["info", "ended", undefined],
    ]);
    expect((await run("accept", { BACKUP: inDoubt[1] ?? "" })).code).toBe(0);
    expect(await listed()).toEqual({ ...nothing, sound: [...sound, inDoubt[1]], inDoubt: [inDoubt[0]] });
    writeDump("2020-11-04T00:00:00Z", small.content);
    expect((await run("upload", keep)).code).toBe(0);
    expect(await listed()).toEqual({ ...nothing, sound: ["2020-11-04T00-00-00Z"] });
  });
});

describe("a download", () => {
  const name = "2020-11-23T00-00-00Z";

  beforeEach(async () => {
    await store("2020-11-22T00:00:00Z");
    await store("2020-11-23T00:00:00Z");
    rmSync(place.DUMP_FILE);
  });

  it("brings the backup that is asked for", async () => {
    expect((await run("download", { BACKUP: "2020-11-22T00-00-00Z" })).code).toBe(0);
    expect(readFileSync(place.DUMP_FILE, "utf8")).toBe("dump of 2020-11-22T00:00:00Z");
  });

  it("refuses a dump that is not what was stored", async () => {
    const damaged = readFileSync(fileOf(`${name}.dump`));
    damaged[3] = (damaged[3] ?? 0) ^ 1;
    writeFileSync(fileOf(`${name}.dump`), damaged);
    const ended = await run("download");
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toMatch(
      /^Backup 2020-11-23T00-00-00Z is damaged: its dump has 28 bytes with SHA-256 [0-9a-f]{64}, and 28 bytes with [0-9a-f]{64} were stored\. Restore another one\.$/,
    );
    expect(readdirSync(join(place.DUMP_FILE, ".."))).toEqual(["database.dump.contents"]);
  });

  it("takes the newest whole backup for the latest, and says why another one cannot be used", async () => {
    truncateSync(fileOf(`${name}.dump`), 5);
    expect((await run("download")).code).toBe(0);
    expect(readFileSync(place.DUMP_FILE, "utf8")).toBe("dump of 2020-11-22T00:00:00Z");
    const ended = await run("download", { BACKUP: name });
    expect(messageOf(ended)).toBe(
      `Backup ${name} cannot be used, as its dump has 5 bytes instead of 28 in folder ${place.BACKUP_FOLDER}. ` +
        "Whole backups are: 2020-11-22T00-00-00Z.",
    );
  });

  it("says which backups there are when there is not the one that is asked for", async () => {
    const ended = await run("download", { BACKUP: "yesterday" });
    expect(messageOf(ended)).toBe(
      `Backup yesterday does not exist in folder ${place.BACKUP_FOLDER}. ` +
        `Whole backups are: 2020-11-22T00-00-00Z, ${name}.`,
    );
    const none = await run("download", { BACKUP_FOLDER: "empty" });
    expect(messageOf(none)).toBe("A backup does not exist in folder empty. Whole backups are: none.");
    expect(existsSync(place.DUMP_FILE)).toBe(false);
  });
});

it("knows how it is called", async () => {
  const ended = await run("nothing");
  expect(ended.code).toBe(64);
  expect(ended.errors).toBe(
    "The first argument is nothing; it must be one of ensure-buckets, upload, download, list, accept.\n",
  );
  const lacking = await runProgram("download", { ...storage.environment, OBJECT_STORAGE_ENDPOINT: "here" });
  expect(lacking.code).toBe(78);
  expect(lacking.errors).toContain('OBJECT_STORAGE_ENDPOINT is "here"');
  expect(lacking.errors).toContain("DUMP_FILE is not set");
});

it("is counted under names that the exporter knows", async () => {
  while (storage.counted.size < 6) await delay(50);
  expect([...storage.counted].sort()).toEqual(mappedNames().sort());
});
