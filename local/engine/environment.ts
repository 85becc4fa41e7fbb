import { delimiter, join } from "node:path";

/** What the environment of a local engine is made of. Paths are absolute. */
export interface EnvironmentArgs {
  /** The user's environment. */
  readonly user: NodeJS.ProcessEnv;
  readonly checkout: string;
  readonly stack: string;
  readonly backendUrl: string;
  readonly pulumiHome: string;
  readonly passphraseFile: string;
  readonly kubeconfig: string;
  /** Folder where Node.js keeps compiled code: program, policies and stand-ins load all of the SDK at each start. */
  readonly compileCache: string;
  /** False where downloads are known to fail: a missing plugin is then an error at once. */
  readonly downloadPlugins: boolean;
}

/**
 * The environment for the CLI and everything it starts. Every PULUMI_* variable of the user is dropped: a token,
 * backend, stack or option meant for another project must not steer this one. Commands come from the
 * checkout's own node_modules first, so that the official language host finds the pinned `node` too.
 */
export function engineEnvironment(args: EnvironmentArgs): NodeJS.ProcessEnv {
  const kept = Object.entries(args.user).filter(([name]) => !name.startsWith("PULUMI_"));
  const bin = join(args.checkout, "node_modules", ".bin");
  return {
    ...Object.fromEntries(kept),
    PATH: [bin, args.user.PATH].filter(Boolean).join(delimiter),
    KUBECONFIG: args.kubeconfig,
    NODE_COMPILE_CACHE: args.compileCache,
    // The engine writes its whole state twice for each resource: with Go's default a fifth of its time is garbage collection.
    GOGC: "400",
    PULUMI_HOME: args.pulumiHome,
    PULUMI_BACKEND_URL: args.backendUrl,
    PULUMI_CONFIG_PASSPHRASE_FILE: args.passphraseFile,
    PULUMI_STACK: args.stack,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SUPPRESS_NEO_LINK: "true",
    // By default four for each core, and each workload that starts holds one: on two cores the others would queue behind eight.
    PULUMI_PARALLEL: "64",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    ...(args.downloadPlugins ? {} : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}
