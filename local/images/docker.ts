import { type OwnImageName, ownImages } from "../../images/programs.ts";
import { startProgram } from "../child.ts";
import { root } from "../paths.ts";

/**
 * Builds the platform's own images by their Containerfile in the Docker engine of this machine, which then has them under
 * the given references. Third-party images come from their registries.
 *
 * @throws Error that names the image whose build failed; the engine has said why
 */
export async function buildInDocker(references: Readonly<Record<OwnImageName, string>>): Promise<void> {
  for (const image of Object.keys(ownImages) as OwnImageName[]) {
    const reference = references[image];
    const argv = ["buildx", "build", "--load", `--target=${image}`, `--tag=${reference}`];
    const options = { cwd: root, stdio: "inherit" } as const;
    const code = await startProgram("docker", [...argv, "--file=images/Containerfile", "."], options).ended;
    if (code !== 0) throw new Error(`docker could not build ${reference}: exit code ${code}`);
  }
}
