import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedByPulumi, changes } from "./audit.ts";
import { Checkout } from "./checkout.ts";

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
});
afterAll(() => checkout.remove("dev"));

describe("stack dev on a local cluster", () => {
  it("is judged by every policy in the preview of an empty cluster", async () => {
    const { code, output } = await checkout.run("pulumi", "preview");
    expect(code, output).toBe(0);
    expect(output).toContain("iot-verification@v0.1.0");
    expect(output.split("\n").filter((line) => /advisory|mandatory|can't/.test(line))).toEqual([]);
  });

  it.each([
    {
      rule: "restricted-pods",
      file: "components/foundation/pod.ts",
      right: "allowPrivilegeEscalation: false",
      wrong: "allowPrivilegeEscalation: true",
      says: "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation",
    },
    {
      rule: "autoscaler-targets",
      file: "components/foundation/autoscaler.ts",
      right: 'kind: "Deployment", name: deployment',
      wrong: 'kind: "StatefulSet", name: deployment',
      says: "it scales StatefulSet tsn-verification, which is not in namespace iot-verification",
    },
  ])(
    "is refused in the preview for what breaks $rule, and nothing is created",
    async ({ rule, file, right, wrong, says }) => {
      checkout.edit(file, right, wrong);
      const { code, output } = await checkout.run("up");
      checkout.edit(file, wrong, right);
      expect(code).not.toBe(0);
      expect(output).toContain(rule);
      expect(output).toContain(says);
      expect(changedByPulumi(changes(checkout))).toEqual([]);
    },
  );
});
