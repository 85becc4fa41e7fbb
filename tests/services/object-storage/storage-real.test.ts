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
import { readFolder } from "../../../services/object-storage/backups.ts";
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
async function store(begun: string, retention?: Retention) {
  writeDump(begun);
  const { BACKUP_FOLDER: folder, DUMP_FILE: file } = place;
  await upload(storage.store, { file, folder });
  if (retention) await prune(storage.store, { folder, retention, log: recordingLog().log });
}

/** Names of whole backups, and what is wrong with the others. */
async function listed() {
  const { backups, incomplete } = await readFolder(storage.store, place.BACKUP_FOLDER);
  return {
    whole: backups.map(({ name }) => name),
    incomplete: incomplete.map(({ name, why }) => [name, why]),
  };
}

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
    writeDump("2026-11-23T13:20:00Z", content);
    expect((await run("upload")).code).toBe(0);
    const name = "2026-11-23T13-20-00Z";
    expect(filesOf(place.BACKUP_FOLDER)).toEqual([`${name}.dump`, `${name}.json`]);
    expect(JSON.parse(readFileSync(fileOf(`${name}.json`), "utf8"))).toEqual({
      form: 1,
      begun: "2026-11-23T13:20:00Z",
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
    await store("2026-11-22T00:00:00Z");
    writeDump("2026-11-23T00:00:00Z", randomBytes(40 * 2 ** 20));
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
    expect(await listed()).toEqual({ whole: ["2026-11-22T00-00-00Z"], incomplete: [] });
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, yesterday)).toEqual([]);
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    const freed = [`${place.BACKUP_FOLDER}/2026-11-23T00-00-00Z.dump`];
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, tomorrow)).toEqual(freed);
    expect(await storage.store.abandonUploads(place.BACKUP_FOLDER, tomorrow)).toEqual([]);
  });

  it("does not count when the storage gives back something else", async () => {
    writeDump("2026-11-23T00:00:00Z", Buffer.alloc(4 * 2 ** 20, "x"));
    const proxy = await startProxy(storage.address, {
      back: (data) => Buffer.from(data.toString("latin1").replace("xxxx", "xxxy"), "latin1"),
    });
    const ended = await run("upload", { OBJECT_STORAGE_ENDPOINT: `http://${proxy.address}` });
    proxy.close();
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toMatch(/^The object storage does not give back what was stored: /);
    expect(await listed()).toEqual({
      whole: [],
      incomplete: [["2026-11-23T00-00-00Z", "it has no manifest"]],
    });
  });

  it("refuses a list of contents that does not say what the dump is", async () => {
    writeDump("2026-11-23T00:00:00Z");
    writeFileSync(`${place.DUMP_FILE}.contents`, "; Archive created at 2026-11-23 00:00:00 CET\n");
    const ended = await run("upload");
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toBe(
      `${place.DUMP_FILE}.contents does not say when the archive was created: it must be the output of pg_restore --list.`,
    );
  });
});

describe("retention", () => {
  it("deletes what no rule keeps, both objects, and nothing else", async () => {
    for (const day of ["02", "03", "09", "10"]) await store(`2026-11-${day}T02:00:00Z`);
    await storage.store.write(`${place.BACKUP_FOLDER}/notes.txt`, "by hand");
    writeDump("2026-11-10T08:00:00Z");
    const keep = { BACKUP_KEEP_LATEST: "1", BACKUP_KEEP_DAILY: "2", BACKUP_KEEP_WEEKLY: "2" };
    const { code, lines } = await run("upload", keep);
    expect(code).toBe(0);
    expect(lines.find(({ msg }) => msg === "these backups are kept")?.kept).toEqual([
      "2026-11-03T02-00-00Z",
      "2026-11-09T02-00-00Z",
      "2026-11-10T08-00-00Z",
    ]);
    expect(await listed()).toEqual({
      whole: ["2026-11-03T02-00-00Z", "2026-11-09T02-00-00Z", "2026-11-10T08-00-00Z"],
      incomplete: [],
    });
    expect(filesOf(place.BACKUP_FOLDER)).toEqual([
      "2026-11-03T02-00-00Z.dump",
      "2026-11-03T02-00-00Z.json",
      "2026-11-09T02-00-00Z.dump",
      "2026-11-09T02-00-00Z.json",
      "2026-11-10T08-00-00Z.dump",
      "2026-11-10T08-00-00Z.json",
      "notes.txt",
    ]);
  });

  it("counts whole backups alone, and leaves alone what may still be in the making", async () => {
    await store("2026-11-01T00:00:00Z");
    await storage.store.write(`${place.BACKUP_FOLDER}/2026-11-03T00-00-00Z.dump`, "no manifest");
    await store("2026-11-02T00:00:00Z", { latest: 2, daily: 0, weekly: 0 });
    expect(await listed()).toEqual({
      whole: ["2026-11-01T00-00-00Z", "2026-11-02T00-00-00Z"],
      incomplete: [["2026-11-03T00-00-00Z", "it has no manifest"]],
    });
    const { code, lines } = await run("list");
    expect(code).toBe(0);
    expect(lines.map(({ msg, backup }) => [msg, backup])).toEqual([
      ["a backup", "2026-11-01T00-00-00Z"],
      ["a backup", "2026-11-02T00-00-00Z"],
      ["this is no whole backup", "2026-11-03T00-00-00Z"],
      ["ended", undefined],
    ]);
  });
});

it("frees what an interrupted upload left, after a day, unless there is no whole backup", async () => {
  const retention = { latest: 5, daily: 0, weekly: 0 };
  const lost = "2026-11-03T00-00-00Z";
  await storage.store.write(`${place.BACKUP_FOLDER}/${lost}.dump`, "no manifest");
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  utimesSync(fileOf(`${lost}.dump`), twoDaysAgo, twoDaysAgo);
  await prune(storage.store, { folder: place.BACKUP_FOLDER, retention, log: recordingLog().log });
  expect(await listed()).toEqual({ whole: [], incomplete: [[lost, "it has no manifest"]] });
  await store("2026-11-02T00:00:00Z", retention);
  expect(await listed()).toEqual({ whole: ["2026-11-02T00-00-00Z"], incomplete: [] });
});

describe("a download", () => {
  const name = "2026-11-23T00-00-00Z";

  beforeEach(async () => {
    await store("2026-11-22T00:00:00Z");
    await store("2026-11-23T00:00:00Z");
    rmSync(place.DUMP_FILE);
  });

  it("brings the backup that is asked for", async () => {
    expect((await run("download", { BACKUP: "2026-11-22T00-00-00Z" })).code).toBe(0);
    expect(readFileSync(place.DUMP_FILE, "utf8")).toBe("dump of 2026-11-22T00:00:00Z");
  });

  it("refuses a dump that is not what was stored", async () => {
    const damaged = readFileSync(fileOf(`${name}.dump`));
    damaged[3] = (damaged[3] ?? 0) ^ 1;
    writeFileSync(fileOf(`${name}.dump`), damaged);
    const ended = await run("download");
    expect(ended.code).toBe(1);
    expect(messageOf(ended)).toMatch(
      /^Backup 2026-11-23T00-00-00Z is damaged: its dump has 28 bytes with SHA-256 [0-9a-f]{64}, and 28 bytes with [0-9a-f]{64} were stored\. Restore another one\.$/,
    );
    expect(readdirSync(join(place.DUMP_FILE, ".."))).toEqual(["database.dump.contents"]);
  });

  it("takes the newest whole backup for the latest, and says why another one cannot be used", async () => {
    truncateSync(fileOf(`${name}.dump`), 5);
    expect((await run("download")).code).toBe(0);
    expect(readFileSync(place.DUMP_FILE, "utf8")).toBe("dump of 2026-11-22T00:00:00Z");
    const ended = await run("download", { BACKUP: name });
    expect(messageOf(ended)).toBe(
      `Backup ${name} cannot be used, as its dump has 5 bytes instead of 28 in folder ${place.BACKUP_FOLDER}. ` +
        "Whole backups are: 2026-11-22T00-00-00Z.",
    );
  });

  it("says which backups there are when there is not the one that is asked for", async () => {
    const ended = await run("download", { BACKUP: "yesterday" });
    expect(messageOf(ended)).toBe(
      `Backup yesterday does not exist in folder ${place.BACKUP_FOLDER}. ` +
        `Whole backups are: 2026-11-22T00-00-00Z, ${name}.`,
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
    "The first argument is nothing; it must be one of ensure-buckets, upload, download, list.\n",
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
