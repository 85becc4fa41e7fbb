import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { OperatorId } from "../../../components/contract/operators.ts";
import { readIfThere, writeWhole } from "../../files.ts";
import { cacheDir } from "../../paths.ts";
import type { Report } from "../../report.ts";
import { findGo, goFolder } from "../../toolchain/go.ts";
import { run } from "../../toolchain/process.ts";
import { type Source, sources } from "./sources.ts";

/** A CustomResourceDefinition, as far as it is looked at here. */
export interface Definition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly kind: string } };
}

/**
 * The definitions of the kinds of these operators, from the modules that their projects publish; fetched once, and kept in the
 * user's cache.
 *
 * @throws Error that says what is missing: Go, or the network
 */
export async function definitionsOf(ids: readonly OperatorId[], report: Report): Promise<Definition[]> {
  const all: Definition[] = [];
  for (const id of ids) {
    const source = sources[id];
    if (source) all.push(...(await definitionsIn(id, source, report)));
  }
  return all;
}

async function definitionsIn(id: OperatorId, source: Source, report: Report): Promise<Definition[]> {
  const folder = join(cacheDir(), "operators");
  const file = join(folder, `${id}-${source.version}.json`);
  const kept = readIfThere(file);
  const known =
    kept === undefined ? undefined : (JSON.parse(kept) as { source: unknown; definitions: Definition[] });
  if (known && JSON.stringify(known.source) === JSON.stringify(source)) return known.definitions;
  report.step(`Fetching the kinds of ${source.module} ${source.version}, once`);
  const module = await moduleFolder(source);
  const all = source.files.flatMap((path) =>
    parseAllDocuments(readFileSync(join(module, path), "utf8")).map((document) =>
      withoutStatus(document.toJS()),
    ),
  );
  const isWanted = ({ spec }: Definition) => source.kinds?.includes(spec.names.kind) ?? true;
  const definitions = all.filter(isWanted);
  mkdirSync(folder, { recursive: true });
  writeWhole(file, JSON.stringify({ source, definitions }));
  return definitions;
}

/** Has Go fetch a module; it compares the sum with the public database. */
async function moduleFolder({ module, version }: Source): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "operator-kinds-"));
  try {
    const go = await findGo({ wanted: "1.21.0", env: process.env, cwd, folder: goFolder });
    const argv = ["mod", "download", "-json", `${module}@${version}`];
    const { ok, lines, problem } = await run(go.path, argv, { cwd, timeoutMs: 600_000 });
    if (!ok)
      throw new Error(`${module} ${version} could not be fetched: ${problem}\n${lines.slice(-5).join("\n")}`);
    return (JSON.parse(lines.join("\n")) as { Dir: string }).Dir;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The status is the API server's; generators leave an empty one. */
function withoutStatus({ status: _, ...definition }: Definition & { readonly status?: unknown }): Definition {
  return definition;
}
