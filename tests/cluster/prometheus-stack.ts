import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const namespace = "iot-verification";
const partOf = "app.kubernetes.io/part-of";
const nameLabel = "app.kubernetes.io/name";
const strangerPort = {
  spec: {
    containers: [
      {
        name: "stranger",
        image: "registry.test/stranger:1.0",
        ports: [{ name: "metrics", containerPort: 1234, protocol: "TCP" }],
      },
    ],
  },
};

interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: { readonly phase?: string };
}

/** The rendered objects of a stack in a local cluster, applied without an engine. */
export class StackInCluster {
  readonly #kubectl: string;
  readonly #kubeconfig: string;

  constructor({ kubectl, kubeconfig }: { readonly kubectl: string; readonly kubeconfig: string }) {
    this.#kubectl = kubectl;
    this.#kubeconfig = kubeconfig;
  }

  /** Creates all objects, and waits until every workload is available. @param folder as `render` fills it */
  async create(folder: string): Promise<void> {
    await this.#run("apply", "--server-side", "--filename", join(folder, "_cluster"));
    await this.#run("apply", "--server-side", "--recursive", "--filename", folder);
    for (const place of [namespace, `${namespace}-logs`]) {
      const names = await this.#run(
        "get",
        "deployments,statefulsets,daemonsets",
        "--namespace",
        place,
        "--output=name",
      );
      for (const name of names.split("\n").filter(Boolean)) {
        await this.#run("rollout", "status", name, "--namespace", place, "--timeout=120s");
      }
    }
  }

  /**
   * Pods that only look like the platform's: one elsewhere with its labels, and one in its namespace that is somebody
   * else's by a label; the workload that has lost it makes another.
   */
  async addStrangers(): Promise<void> {
    const labels = `${partOf}=${namespace},${nameLabel}=stranger`;
    const argv = ["run", "stranger", "--namespace", "default", "--image", "registry.test/stranger:1.0"];
    await this.#run(...argv, "--labels", labels, "--overrides", JSON.stringify(strangerPort));
    await this.#run(
      "wait",
      "--namespace",
      "default",
      "--for=condition=Ready",
      "pod/stranger",
      "--timeout=60s",
    );
    const [pod = ""] = (await this.pods())
      .filter(({ workload }) => workload === "wot-verification")
      .map(({ name }) => name);
    await this.#run("label", "pod", pod, "--namespace", namespace, "--overwrite", `${partOf}=stranger`);
    await this.#run(
      "rollout",
      "status",
      "deployment/wot-verification",
      "--namespace",
      namespace,
      "--timeout=120s",
    );
  }

  /** The running pods of the platform, and the workload of each. */
  async pods(): Promise<{ readonly name: string; readonly workload: string }[]> {
    const list = JSON.parse(await this.#run("get", "pods", "--namespace", namespace, "--output=json"));
    return (list.items as Listed[])
      .filter(({ status }) => status?.phase === "Running")
      .filter(({ metadata }) => metadata.labels?.[partOf] === namespace)
      .map(({ metadata }) => ({
        name: metadata.name,
        workload: metadata.labels?.[nameLabel] ?? "",
      }));
  }

  /** Names of the cluster's objects of a kind that has no namespace. */
  async names(kind: string): Promise<string[]> {
    const list = JSON.parse(await this.#run("get", kind, "--output=json"));
    return (list.items as Listed[]).map(({ metadata }) => metadata.name);
  }

  /** Content of a ConfigMap of the platform. */
  async configuration(name: string): Promise<Readonly<Record<string, string>>> {
    return JSON.parse(await this.#run("get", "configmap", name, "--namespace", namespace, "--output=json"))
      .data;
  }

  /** A token of one of the platform's accounts. */
  token(account: string): Promise<string> {
    return this.#run("create", "token", account, "--namespace", namespace);
  }

  /** Whether the account `prometheus` may do that. @param resource such as `nodes/metrics` @param place a namespace, for what has one */
  async may(verb: string, resource: string, place = namespace): Promise<boolean> {
    const as = `system:serviceaccount:${namespace}:prometheus`;
    const [kind = "", subresource = ""] = resource.split("/");
    const argv = [
      "auth",
      "can-i",
      verb,
      kind,
      "--subresource",
      subresource,
      "--namespace",
      place,
      "--as",
      as,
    ];
    const answer = await this.#run(...argv).catch((error: { stdout?: string }) => error.stdout ?? "");
    if (/^(yes|no)/.test(answer)) return answer.startsWith("yes");
    throw new Error(`kubectl ${argv.join(" ")} says ${answer}`);
  }

  async #run(...argv: string[]): Promise<string> {
    const all = ["--kubeconfig", this.#kubeconfig, ...argv];
    return (
      await promisify(execFile)(this.#kubectl, all, { encoding: "utf8", maxBuffer: 2 ** 26 })
    ).stdout.trim();
  }
}
