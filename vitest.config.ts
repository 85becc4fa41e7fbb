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
          // Some tests run the whole program several times, a second or two each.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ["tests/{unit,policies,local,services}/**/*.test.ts"],
          exclude: ["tests/**/*-real.test.ts"],
        },
      },
      {
        test: {
          name: "services",
          include: ["tests/services/**/*-real.test.ts"],
          // Each file has servers and engines of its own; two cores bear one at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
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
