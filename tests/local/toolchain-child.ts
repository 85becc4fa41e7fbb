/**
 * What the tests of the toolchain need other processes for. Run by Node itself:
 * `hold FILE` holds a lock until its input ends; `contend FILE ROUNDS` takes and gives it back again and again
 * and fails when it was not alone; `ensure DIR` makes etcd on the machine played in DIR.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { takeLock } from "../../local/lock.ts";
import { ensureTools } from "../../local/toolchain/index.ts";
import { playedMachine, recorder } from "./toolchain-machine.ts";

const [command, place = "", rounds = "1"] = process.argv.slice(2);

if (command === "hold") {
  const release = await takeLock(place);
  console.log("held");
  await text(process.stdin);
  await release();
}

if (command === "contend") {
  for (let round = 0; round < Number(rounds); round++) {
    const release = await takeLock(place, { pollMs: 1 });
    closeSync(openSync(`${place}.alone`, "wx"));
    await new Promise(setImmediate);
    rmSync(`${place}.alone`);
    await release();
  }
}

if (command === "ensure") await ensureTools(["etcd"], recorder(), playedMachine(place));
