import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ports, user } from "../../components/contract/runtime.ts";
import { bundleImage } from "../../images/bundle.ts";
import { type OwnImage, type OwnImageName, ownImages, programFolder } from "../../images/programs.ts";
import { root } from "../paths.ts";
import type { ToolName } from "../toolchain/index.ts";
import type { ImageConfig } from "./archive.ts";
import { skeleton, standInTree, unused } from "./stand-in-tree.ts";
import { type StandIn, type StandInName, standIns } from "./stand-ins.ts";
import { fileFrom, merged, type Tree, treeOf } from "./tree.ts";

/** Name of an image that a stack runs. */
export type ImageName = OwnImageName | StandInName;

export const imageNames = [...Object.keys(ownImages), ...Object.keys(standIns)] as readonly ImageName[];

/** What an image is made of: the files of its layers, from the lowest on, and how it starts. */
export interface Recipe {
  readonly layers: readonly Tree[];
  readonly config: ImageConfig;
}

/** Where the parts of images come from. */
export interface Sources {
  /** Folder with the unpacked packages and what they need. */
  debian(order: {
    readonly set: string;
    readonly packages: readonly string[];
    readonly exclude: readonly string[];
    readonly omit: readonly string[];
  }): Promise<string>;
  /** Path of the program of an engine. */
  engine(name: "z3"): Promise<string>;
  /** Path of a tool of one piece. */
  tool(name: ToolName): Promise<string>;
  /** Path of Node.js for Linux. */
  readonly node: string;
}

/** The tools that images are made of. */
export function toolsOf(names: readonly ImageName[]): ToolName[] {
  const standInNames = names.filter(isStandIn);
  return [...new Set(standInNames.flatMap((name) => Object.values((standIns[name] as StandIn).tools ?? {})))];
}

/** Folder with what the two ways of making the platform's own images share. */
const imagesFolder = join(root, "images");
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Says what an image is made of. */
export function recipe(name: ImageName, sources: Sources): Promise<Recipe> {
  return isStandIn(name) ? standInRecipe(name, sources) : ownRecipe(name, sources);
}

export function isStandIn(name: ImageName): name is StandInName {
  return Object.hasOwn(standIns, name);
}

/** The same as the Containerfile: base, Node.js, engines, program; what changes often lies above what does not. */
async function ownRecipe(name: OwnImageName, sources: Sources): Promise<Recipe> {
  const { title, serves, engines = [] }: OwnImage = ownImages[name];
  const packages = readFileSync(join(imagesFolder, "packages.txt"), "utf8").trim().split("\n");
  const base = await sources.debian({
    set: "image-base",
    packages,
    // Of old programs that encrypt passwords.
    exclude: ["libcrypt1"],
    omit: unused,
  });
  const layers = [
    merged(treeOf(base), skeleton, treeOf(join(imagesFolder, "files"))),
    programTree("node", sources.node),
  ];
  for (const engine of engines) layers.push(programTree(engine, await sources.engine(engine)));
  layers.push(await bundleTree(name));
  return {
    layers,
    config: {
      user,
      env: { PATH: systemPath, NODE_ENV: "production" },
      entrypoint: ["/usr/bin/node", `${programFolder}/main.mjs`],
      workingDirectory: programFolder,
      ...(serves && { ports: Object.values(ports) }),
      labels: { ...labels(title), "org.opencontainers.image.licenses": "Apache-2.0" },
    },
  };
}

async function standInRecipe(name: StandInName, sources: Sources): Promise<Recipe> {
  const standIn: StandIn = standIns[name];
  const { packages, exclude = [], user, env, entrypoint, title } = standIn;
  const folder =
    packages && (await sources.debian({ set: `image-${name}`, packages, exclude, omit: unused }));
  const tools = new Map<string, string>();
  for (const [path, tool] of Object.entries(standIn.tools ?? {})) tools.set(path, await sources.tool(tool));
  const { tree, path } = standInTree(standIn, { packages: folder, tools });
  return {
    layers: [tree],
    config: {
      user: { uid: user.uid, gid: user.gid },
      env: { PATH: [...path, ...systemPath.split(":")].join(":"), ...env },
      ...(entrypoint && { entrypoint }),
      workingDirectory: "/",
      labels: labels(title),
    },
  };
}

function programTree(name: string, file: string): Tree {
  return merged(new Map([[`usr/bin/${name}`, fileFrom(file, 0o755)]]));
}

async function bundleTree(name: OwnImageName): Promise<Tree> {
  const files = [...(await bundleImage(name))].map(
    ([file, content]) =>
      [`${programFolder.slice(1)}/${file}`, { kind: "file", mode: 0o644, content }] as const,
  );
  return merged(new Map(files));
}

function labels(title: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { "org.opencontainers.image.title": title, "org.opencontainers.image.version": version };
}
