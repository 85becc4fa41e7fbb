import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line, and fails it when a test was skipped: in CI nothing may be left out in silence. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((one) => one === state).length;
    const skipped = states.length - count("passed") - count("failed");
    process.stdout.write(`${count("passed")} passed, ${count("failed")} failed, ${skipped} skipped\n`);
    if (skipped > 0 || states.length === 0) process.exitCode = 1;
  }
}
