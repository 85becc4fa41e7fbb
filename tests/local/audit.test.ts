import { describe, expect, test } from "vitest";
import { auditExceptions, publishedExceptions } from "../../components/foundation/audit.ts";
import { type Assessment, assess, isClean } from "../../local/audit/assess.ts";
import { type Finding, judgeNames, parseCheckovReport, parseJudgeLines } from "../../local/audit/findings.ts";
import { type AuditedObject, auditedObject } from "../../local/audit/manifests.ts";
import { describeAssessment, describeVerdict } from "../../local/audit/report.ts";

const finding = (overrides: Partial<Finding> = {}): Finding => ({
  judge: "kube-score",
  check: "pod-probes",
  severity: "critical",
  passed: false,
  file: "place/Deployment.one.yaml",
  message: "one: no probe",
  ...overrides,
});

const object = (overrides: Partial<AuditedObject> = {}): AuditedObject => ({
  file: "place/Deployment.one.yaml",
  id: "Deployment/place/one",
  isWorkload: true,
  isOwn: false,
  exceptions: {},
  ...overrides,
});

/** That every judge has looked at every one of these, and minded nothing. */
const looked = (objects: readonly AuditedObject[]) =>
  objects.flatMap(({ file }) =>
    judgeNames.map((judge) => finding({ judge, check: "looked", passed: true, file, message: "" })),
  );

const weigh = (objects: readonly AuditedObject[], findings: readonly Finding[]) =>
  assess(objects, [...looked(objects), ...findings]);

describe("exceptions of a component", () => {
  test("are annotations that name the check", () => {
    expect(auditExceptions([{ check: "CKV_K8S_43", reason: "tags are versions" }])).toEqual({
      "audit.iot-verification.dev/CKV_K8S_43": "tags are versions",
    });
  });

  test("need a reason, and are declared once", () => {
    expect(() => auditExceptions([{ check: "CKV_K8S_43", reason: " " }])).toThrow(
      "the exception from CKV_K8S_43 gives no reason",
    );
    const twice = { check: "CKV_K8S_43", reason: "so" };
    expect(() => auditExceptions([twice, twice])).toThrow("the check CKV_K8S_43 is excepted twice");
  });
});

describe("exceptions of published images", () => {
  const checks = (workload: Parameters<typeof publishedExceptions>[0]) =>
    publishedExceptions(workload).map(({ check }) => check);
  const digest = `docker.io/library/redis:8.2.10@sha256:${"ab".repeat(32)}`;

  test("stand only where they are needed", () => {
    expect(checks({ images: [digest], user: { uid: 65534, gid: 65534 }, replicas: 2 })).toEqual([]);
    expect(
      checks({ images: [digest, "docker.io/library/redis:8"], user: { uid: 65534, gid: 65534 } }),
    ).toEqual(["CKV_K8S_43"]);
    expect(
      checks({ images: [digest], user: { uid: 65534, gid: 65534 }, replicas: 1, apiAccess: true }),
    ).toEqual(["deployment-replicas", "CKV_K8S_38"]);
  });

  test("of users and groups follow the limits of each judge", () => {
    const group = ["container-security-context-user-group-id"];
    const user = (uid: number, gid: number) => checks({ images: [digest], user: { uid, gid } });
    expect(user(999, 999)).toEqual([...group, "CKV_K8S_40", "KSV-0020", "KSV-0021"]);
    expect(user(65534, 0)).toEqual([...group, "KSV-0021"]);
    expect(user(10_000, 10_001)).toEqual(["KSV-0020"]);
  });
});

describe("what judges print", () => {
  test("is a finding a line", () => {
    const one = finding();
    expect(parseJudgeLines(`${JSON.stringify(one)}\n${JSON.stringify({ ...one, passed: true })}\n`)).toEqual([
      one,
      { ...one, passed: true },
    ]);
  });

  test("is refused when a judge or a field is not known", () => {
    expect(() => parseJudgeLines("panic: out of luck")).toThrow(
      "the judges did not print JSON, but: panic: out of luck",
    );
    expect(() => parseJudgeLines('{"judge":"polaris"}')).toThrow(
      'the judges print what is no finding: {"judge":"polaris"}',
    );
  });

  const record = {
    check_id: "CKV_K8S_43",
    check_name: "Image should use digest",
    file_path: "/place/Deployment.one.yaml",
    check_result: { evaluated_keys: ["spec/template/spec/containers/[0]/image"] },
  };
  const report = (results: object) =>
    JSON.stringify({
      results: { passed_checks: [], failed_checks: [], skipped_checks: [], parsing_errors: [], ...results },
    });
  const failed: Finding = {
    judge: "checkov",
    check: "CKV_K8S_43",
    severity: "",
    passed: false,
    file: "place/Deployment.one.yaml",
    message: "Image should use digest; spec/template/spec/containers/[0]/image",
  };

  test("of checkov is passed and failed, and what a manifest told it to skip has failed", () => {
    expect(parseCheckovReport(report({ passed_checks: [record] }))).toEqual([
      { ...failed, passed: true, message: "" },
    ]);
    expect(parseCheckovReport(report({ failed_checks: [record] }))).toEqual([failed]);
    expect(parseCheckovReport(report({ skipped_checks: [record] }))).toEqual([failed]);
  });

  test("of checkov must cover every manifest", () => {
    expect(() => parseCheckovReport(report({ parsing_errors: ["/place/Broken.yaml"] }))).toThrow(
      "checkov cannot read /place/Broken.yaml",
    );
    expect(() => parseCheckovReport('{"passed": 0}')).toThrow("checkov's report is not understood");
  });
});

describe("a manifest", () => {
  const pod = (image: string) => ({ spec: { containers: [{ image }] } });
  const read = (kind: string, spec: object, annotations: Record<string, string> = {}) =>
    auditedObject({
      file: "file.yaml",
      content: { kind, metadata: { name: "one", namespace: "place", annotations }, spec },
    });

  test("is a workload in whatever it keeps its pod", () => {
    const image = "docker.io/library/redis:8";
    expect(read("Pod", pod(image).spec).isWorkload).toBe(true);
    expect(read("Deployment", { template: pod(image) }).isWorkload).toBe(true);
    expect(read("CronJob", { jobTemplate: { spec: { template: pod(image) } } }).isWorkload).toBe(true);
    expect(read("Service", { ports: [] }).isWorkload).toBe(false);
  });

  test("is ours when any container runs an image of ours, wherever that comes from", () => {
    const spec = (init: string) => ({
      template: {
        spec: { initContainers: [{ image: init }], containers: [{ image: "docker.io/library/postgres:17" }] },
      },
    });
    expect(read("Job", spec("mirror.example/x/api-gateway:1@sha256:ab")).isOwn).toBe(true);
    expect(read("Job", spec("ghcr.io/x/wot-verification:1")).isOwn).toBe(true);
    expect(read("Job", spec("ghcr.io/x/gateway:1")).isOwn).toBe(false);
  });

  test("declares exceptions by annotations of its own", () => {
    const annotations = { "audit.iot-verification.dev/KSV-0020": "so", "pulumi.com/skipAwait": "true" };
    expect(read("Service", {}, annotations)).toEqual({
      file: "file.yaml",
      id: "Service/place/one",
      isWorkload: false,
      isOwn: false,
      exceptions: { "KSV-0020": "so" },
    });
  });

  test("that is none is named", () => {
    expect(() => auditedObject({ file: "file.yaml", content: { kind: ["Pod"] } })).toThrow(
      "file.yaml is no manifest",
    );
  });
});

describe("an assessment", () => {
  const excepting = object({ exceptions: { "pod-probes": "it has none to probe" } });

  test("is clean when every failure has a reason", () => {
    const result = weigh([excepting], [finding(), finding({ check: "pod-networkpolicy", passed: true })]);
    expect(result.excepted).toEqual([
      { finding: finding(), object: "Deployment/place/one", reason: "it has none to probe" },
    ]);
    expect(result.unexplained).toEqual([]);
    expect(result.passed).toEqual({ "kube-score": 2, checkov: 1, trivy: 1, "pod-security": 1, policies: 1 });
    expect(isClean(result)).toBe(true);
  });

  test("is not when a failure has none, or only another object's", () => {
    const other = object({ file: "place/Deployment.two.yaml", id: "Deployment/place/two" });
    const result = weigh([excepting, other], [finding(), finding({ file: other.file })]);
    expect(result.unexplained.map((failure) => failure.object)).toEqual(["Deployment/place/two"]);
    expect(isClean(result)).toBe(false);
  });

  test("is not when an exception is stale", () => {
    const result = weigh([excepting], [finding({ passed: true })]);
    expect(result.voidExceptions).toEqual([
      { object: "Deployment/place/one", check: "pod-probes", problem: "nothing fails this check: remove it" },
    ]);
    expect(isClean(result)).toBe(false);
  });

  test("takes no exception on what runs an image of ours", () => {
    const result = weigh([{ ...excepting, isOwn: true }], [finding()]);
    expect(result.excepted).toEqual([]);
    expect(result.unexplained).toHaveLength(1);
    expect(result.voidExceptions).toEqual([
      {
        object: "Deployment/place/one",
        check: "pod-probes",
        problem: "it runs an image of our own: mend it instead",
      },
    ]);
  });

  test("takes on an image of ours that a digest is a registry's to give, as long as it has none", () => {
    const own = object({ isOwn: true, exceptions: { CKV_K8S_43: "it is in no registry yet" } });
    const digest = finding({ judge: "checkov", check: "CKV_K8S_43", severity: "" });
    expect(isClean(weigh([own], [digest]))).toBe(true);
    expect(isClean(weigh([own], [{ ...digest, passed: true }]))).toBe(false);
    expect(isClean(weigh([object({ isOwn: true })], [digest]))).toBe(false);
  });

  test("counts for the peers' figures what exceptions explain, too", () => {
    const result = weigh(
      [excepting, object({ file: "b.yaml", id: "Pod/b" })],
      [
        finding(),
        finding({ passed: true }),
        finding({ judge: "checkov", check: "CKV_K8S_43", severity: "" }),
        finding({ judge: "pod-security", check: "privileged", file: "b.yaml" }),
      ],
    );
    expect(result.figures).toEqual({
      kubeScore: { checks: 4, critical: 1 },
      checkovPerWorkload: 0.5,
      restricted: 1,
    });
  });

  test.each(judgeNames)("needs %s to have looked at every workload", (judge) => {
    const objects = [object(), object({ file: "b.yaml", id: "Job/b" })];
    const silent = looked(objects).filter((one) => one.judge !== judge || one.file !== "b.yaml");
    expect(() => assess(objects, silent)).toThrow(`they were given:\n  ${judge}: Job/b\n`);
    expect(isClean(assess([object(), object({ file: "b.yaml", isWorkload: false })], silent))).toBe(true);
  });

  test("knows every file that a judge speaks of", () => {
    expect(() => assess([], [finding()])).toThrow(
      "kube-score speaks of place/Deployment.one.yaml, which is no manifest",
    );
  });
});

describe("the report", () => {
  const assessment = (findings: Finding[], exceptions = {}): Assessment =>
    weigh([object({ exceptions })], findings);

  test("lists what is unexplained, and counts by judge", () => {
    const text = describeAssessment("dev", assessment([finding()]));
    expect(text).toContain("Stack dev: 1 objects, 1 of them workloads");
    expect(text).toMatch(/kube-score +1 +0 +1\n/);
    expect(text).toMatch(
      /Unexplained:\n +kube-score +pod-probes +critical +Deployment\/place\/one +one: no probe\n/,
    );
    expect(text).not.toContain("Excepted");
  });

  test("lists exceptions with their reasons", () => {
    const text = describeAssessment("dev", assessment([finding()], { "pod-probes": "it has none to probe" }));
    expect(text).toMatch(
      /Excepted[^\n]*\n {2}kube-score +pod-probes: it has none to probe\n {6}Deployment\/place\/one\n/,
    );
    expect(text).not.toContain("Unexplained:");
  });

  test("ends with what the exit code says", () => {
    expect(describeVerdict([assessment([])])).toContain("Clean: 0 findings are unexplained");
    expect(describeVerdict([assessment([finding()])])).toContain(
      "Not clean: 1 findings are unexplained, and 0 exceptions",
    );
  });
});
