// Holds the policies to a document that they were not written from: what they find in it is what stands in the file beside.
// Usage: exam.ts DOCUMENT; with --accept it writes the file, which is then to be reviewed line by line.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runPolicies } from "../policies/runner/main.ts";

interface Row {
  readonly policy: string;
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

const file = fileURLToPath(new URL("exam-findings.txt", import.meta.url));
const [document] = process.argv.slice(2).filter((word) => word !== "--accept");
if (document === undefined) throw new Error("name the document to judge: node .ci/exam.ts FILE [--accept]");
const { code, stdout, stderr } = await runPolicies([document, "--format", "json"], {
  directory: process.cwd(),
  input: () => Promise.reject(new Error("reads no standard input")),
});
if (code === 2) throw new Error(stderr);
const rows = JSON.parse(stdout) as Row[];
const found = rows.map(({ policy, kind, name, path }) => `${kind}/${name} ${path} ${policy}`).sort();
if (process.argv.includes("--accept")) writeFileSync(file, `${found.join("\n")}\n`);
const expected = readFileSync(file, "utf8").trimEnd().split("\n");
const missing = expected.filter((line) => !found.includes(line));
const unexpected = found.filter((line) => !expected.includes(line));
for (const line of missing) console.error(`not found any more: ${line}`);
for (const line of unexpected) console.error(`not reviewed: ${line}`);
console.log(
  `${found.length} findings in ${document}, of ${new Set(rows.map(({ policy }) => policy)).size} rules`,
);
process.exitCode = missing.length + unexpected.length > 0 ? 1 : 0;
