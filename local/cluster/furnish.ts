import { setTimeout as delay } from "node:timers/promises";
import type { Report } from "../report.ts";
import { type Admin, call } from "./api.ts";
import { type Initial, initialObjects, nodes } from "./settings.ts";

/** Milliseconds for the nodes to become ready. Slow machines need half a minute. */
const patience = 120_000;

export interface Furnishing {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Creates or updates the objects that every cluster starts with, and waits for the played nodes. */
export async function furnish(admin: Admin, { report, signal }: Furnishing): Promise<void> {
  await apply(admin, initialObjects(process));
  report.detail("waiting for the nodes");
  await until("The nodes of the local cluster were not ready", () => nodesReady(admin), signal);
}

/** Creates or updates objects, of which nobody else writes the same fields. */
export async function apply(admin: Admin, objects: readonly Initial[]): Promise<void> {
  const query = "fieldManager=local-cluster&force=true";
  const patch = async (path: string, body: unknown) => {
    const answer = await call(admin, {
      method: "PATCH",
      path: `${path}?${query}`,
      body,
      contentType: "application/apply-patch+yaml",
    });
    if (answer.status >= 300)
      throw new Error(`The API server refused ${path} (${answer.status}): ${answer.body}`);
  };
  await Promise.all(
    objects.map(async ({ collection, object }) => {
      const path = `${collection}/${object.metadata.name}`;
      await patch(path, object);
      if ("status" in object) await patch(`${path}/status`, object);
    }),
  );
}

/** @throws Error of `what` when it does not hold in time */
export async function until(what: string, holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + patience; !(await holds()); await delay(50, undefined, { signal })) {
    if (Date.now() > deadline) throw new Error(`${what} after ${patience / 1000} s.`);
  }
}

interface NodeList {
  readonly items: readonly {
    readonly spec: { readonly taints?: readonly unknown[] };
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }[];
}

async function nodesReady(admin: Admin): Promise<boolean> {
  const list = JSON.parse((await call(admin, { method: "GET", path: "/api/v1/nodes" })).body) as NodeList;
  const ready = list.items.filter(
    ({ spec, status }) =>
      !spec.taints?.length &&
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
  );
  const account = { method: "GET", path: "/api/v1/namespaces/default/serviceaccounts/default" };
  return ready.length >= nodes.length && (await call(admin, account)).status === 200;
}
