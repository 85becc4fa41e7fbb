import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { standards } from "../../components/contract/standards.ts";
import { ownImages } from "../../images/programs.ts";
import { executables } from "../toolchain/path.ts";
import { kindObstacle } from "./kind.ts";
import { groupObstacle } from "./node/cgroups.ts";

/** The forms of the local cluster, the one to be taken first first. */
export const formNames = ["kind", "node", "simulated"] as const;
export type FormName = (typeof formNames)[number];

/** Names a form; by default the first that the machine allows is taken. */
export const formVariable = "IOT_VERIFICATION_CLUSTER";

/** What each form needs that is missing; undefined where nothing is. */
export type Obstacles = Readonly<Record<FormName, () => Promise<string | undefined>>>;

export const obstacles: Obstacles = {
  kind: async () => (await kindObstacle()) ?? imagesObstacle(),
  node: nodeObstacle,
  simulated: async () => undefined,
};

export const descriptions: Readonly<Record<FormName, string>> = {
  kind: "a kind cluster on the Docker engine",
  node: "a real node on this machine, for pods whose images it has, beside three that are played",
  simulated: "three nodes that are played; no container runs",
};

export interface Choice {
  readonly form: FormName;
  /** One sentence: the form, and why none before it. */
  readonly says: string;
}

/**
 * Chooses the form of the local cluster.
 * @param args.current the form of the cluster that is there, from `existingCluster`: kind's are not exchanged for others, nor
 *   others for kind's, unless asked for, as objects and data are lost then. @default there is none
 * @param args.wanted the form that is asked for; usually the value of IOT_VERIFICATION_CLUSTER. @default the first possible
 * @throws Error that names what is missing when the wanted form is impossible, or the forms when there is none of that name
 */
export async function chooseForm(args: {
  readonly wanted?: string | undefined;
  readonly current?: FormName | undefined;
  readonly obstacles?: Obstacles;
}): Promise<Choice> {
  const { wanted, current, obstacles: known = obstacles } = args;
  if (wanted) {
    const form = formNames.find((name) => name === wanted);
    if (!form) {
      throw new Error(
        `${formVariable} is ${JSON.stringify(wanted)}; allowed are ${formNames.join(", ")}, or nothing for the first that is possible.`,
      );
    }
    const obstacle = await known[form]();
    if (obstacle)
      throw new Error(
        `${formVariable}=${form} is impossible here: ${obstacle}. Unset it for the first form that is possible.`,
      );
    return { form, says: `Local cluster: ${descriptions[form]} (as ${formVariable} says).` };
  }
  const refused: string[] = [];
  for (const form of formNames.filter((name) => !current || (name === "kind") === (current === "kind"))) {
    const obstacle = await known[form]();
    if (!obstacle) {
      const why = refused.length > 0 ? ` (${refused.join("; ")})` : "";
      return { form, says: `Local cluster: ${descriptions[form]}${why}.` };
    }
    refused.push(`not ${form}: ${obstacle}`);
  }
  throw new Error(
    `The local cluster that is there cannot be reached (${refused.join("; ")}). Mend that, or begin anew with \`npm run down\`.`,
  );
}

/** Nothing is played in a cluster of kind: a workload without an image would never become ready there. */
function imagesObstacle(): string | undefined {
  const missing = standards
    .map(({ id }) => `${id}-verification`)
    .filter((name) => !Object.hasOwn(ownImages, name));
  return missing.length > 0 ? `there are no programs yet for ${missing.join(", ")}` : undefined;
}

/** The kinds of mounts that a node arranges for itself. */
const trial =
  "mount -t tmpfs tmpfs /run && mkdir /run/upper /run/work && " +
  "mount -t overlay -o lowerdir=/var/lib,upperdir=/run/upper,workdir=/run/work overlay /var/lib";

/** What unpacks Debian packages and Z3's wheel; other distributions do not have all of it. */
async function absentPrograms(): Promise<string[]> {
  const found = await Promise.all(
    ["apt-get", "dpkg-deb", "python3"].map(async (name) => ({
      name,
      places: await executables(name, process.env),
    })),
  );
  return found.filter(({ places }) => places.length === 0).map(({ name }) => name);
}

/** What this machine lacks for a real node. */
export async function nodeObstacle(): Promise<string | undefined> {
  if (process.platform !== "linux") return `containers run on Linux only, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "containers and their network need root";
  const absent = await absentPrograms();
  if (absent.length > 0)
    return `its programs and images are made with ${absent.join(" and ")}, which this machine lacks`;
  const obstacle = groupObstacle();
  if (obstacle) return obstacle;
  try {
    const flags = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--propagation", "private"];
    await promisify(execFile)("unshare", [...flags, "sh", "-c", trial], { timeout: 10_000 });
    return undefined;
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: string | number; stderr?: string };
    if (code === "ENOENT") return "there is no unshare on PATH (package util-linux)";
    return `namespaces with mounts of their own cannot be made (${(stderr?.trim() || message).split("\n").at(-1)})`;
  }
}
