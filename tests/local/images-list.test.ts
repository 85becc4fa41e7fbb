import { expect, test } from "vitest";
import { describeListed, listedCharts, listedImages } from "../../local/images/list.ts";
import { type Overrides, runProgram } from "../unit/program.ts";

const mirror = "registry.example.com/mirror";

/** What clusters fetch for stack prod. */
async function listed(config: Overrides = {}) {
  const { recording } = await runProgram({ stack: "prod", config });
  return listedImages(recording.asked as never, String(config.mirror ?? ""));
}

test("every image of a stack is listed once, those of operators' resources too", async () => {
  const sources = (await listed()).map(({ source }) => source);
  expect(sources).toEqual([...new Set(sources)].sort());
  expect(sources).toContain("docker.elastic.co/kibana/kibana:9.4.3");
  expect(sources).toContain("docker.io/library/postgres:17.11-bookworm");
  expect(sources).toContain("ghcr.io/iot-verification/tsn-verification:0.1.0");
});

test("with a mirror, every image is its copy, under its whole name", async () => {
  const [plain, copied] = [await listed(), await listed({ mirror })];
  expect(copied).toEqual(plain.map(({ what, source }) => ({ what, source, copy: `${mirror}/${source}` })));
  expect(describeListed(copied.slice(0, 1))).toBe(
    `image\t${copied[0]?.source}\t${mirror}/${copied[0]?.source}\n`,
  );
});

test("charts are listed with what their pods run", () => {
  const all = listedCharts("cluster");
  expect(all).toContainEqual({ what: "chart", source: "https://helm.elastic.co eck-operator 3.5.0" });
  expect(all).toContainEqual({ what: "image", source: "docker.io/istio/ztunnel:1.30.4" });
  expect(all.filter(({ what }) => what === "manifest")).toHaveLength(1);
  expect(all.at(-1)?.what).toBe("list of images");
});
