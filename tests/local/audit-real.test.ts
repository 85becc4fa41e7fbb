import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { assess } from "../../local/audit/assess.ts";
import type { JudgeName } from "../../local/audit/findings.ts";
import { ensureJudges, judgeManifests } from "../../local/audit/judges.ts";
import { auditedObject, readManifests } from "../../local/audit/manifests.ts";
import { judgeByPolicies } from "../../local/audit/policies.ts";
import { cacheDir } from "../../local/paths.ts";
import { terminalReport } from "../../local/report.ts";
import type { KubernetesObject } from "../../policies/objects/object.ts";

const directory = mkdtempSync(join(tmpdir(), "iot-verification-audit-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const pod = (metadata: object, securityContext: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "place", ...metadata },
  spec: { containers: [{ name: "main", image: "docker.io/library/redis:8.2.10", securityContext }] },
});

beforeAll(() => {
  mkdirSync(join(directory, "place"));
  const planted = pod(
    {
      name: "planted",
      annotations: {
        "audit.iot-verification.dev/KSV-0017": "a test",
        // What each judge would take as an order to look away.
        "kube-score/ignore": "container-security-context-privileged",
        "checkov.io/skip1": "CKV_K8S_16=a test",
      },
    },
    { privileged: true },
  );
  const text = `# trivy:ignore:KSV-0017\n${stringify(planted)}`;
  writeFileSync(join(directory, "place", "Pod.planted.yaml"), text);
  const tame = pod({ name: "tame" }, { privileged: false });
  writeFileSync(join(directory, "place", "Pod.tame.yaml"), stringify(tame));
});

/** The check by which each judge names a privileged container. */
const privileged: Readonly<Record<Exclude<JudgeName, "policies">, string>> = {
  "kube-score": "container-security-context-privileged",
  checkov: "CKV_K8S_16",
  trivy: "KSV-0017",
  "pod-security": "privileged",
};

test("every judge finds a privileged pod, whatever it says to them, and only ours takes an exception", async () => {
  const { signal } = new AbortController();
  const judges = await ensureJudges({ cache: cacheDir(), report: terminalReport(), signal });
  const findings = await judgeManifests({ directory, judges, signal });
  for (const [judge, check] of Object.entries(privileged)) {
    const of = findings.filter((one) => one.judge === judge && one.check === check);
    const verdicts = Object.fromEntries(of.map(({ file, passed }) => [file, passed]));
    expect(verdicts, judge).toEqual({ "place/Pod.planted.yaml": false, "place/Pod.tame.yaml": true });
  }
  const manifests = readManifests(directory);
  const own = judgeByPolicies(
    manifests.map(({ file, content }) => ({ file, content: content as KubernetesObject })),
  );
  const { excepted, unexplained, figures } = assess(manifests.map(auditedObject), [...findings, ...own]);
  expect(excepted.map(({ finding }) => finding.check)).toEqual(["KSV-0017"]);
  expect(unexplained.filter(({ finding }) => finding.check === "CKV_K8S_16")).toHaveLength(1);
  // Neither pod says that it runs without root.
  expect(figures.restricted).toBe(0);
});
