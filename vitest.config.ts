import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: process.env.CI ? ["default", "./tests/closing-line.ts"] : ["default"],
    projects: [
      {
        test: {
          name: "fast",
          // Loading the SDK anew for each file would take a third of the time.
          isolate: false,
          include: ["tests/{unit,policies,local}/**/*.test.ts"],
          exclude: ["tests/local/*-real.test.ts"],
        },
      },
      {
        test: {
          name: "cluster",
          include: ["tests/cluster/**/*.test.ts", "tests/local/*-real.test.ts"],
          // One machine, one file at a time: each starts clusters of its own.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
