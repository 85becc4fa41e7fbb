import grpc from "@grpc/grpc-js";

/** What the engine allows itself; gRPC's own limit of 4 MB is too small for large Kubernetes objects. */
const channelOptions = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** A running plugin server. `close` ends it at once, open calls included. */
export interface PluginServer {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  close(): void;
}

/** Starts a gRPC server on a free port of 127.0.0.1. Rejects when the port cannot be bound. */
export async function startServer(
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
): Promise<PluginServer> {
  const server = new grpc.Server(channelOptions);
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

/**
 * Throws unless the backend is a folder of this machine. The plugins here only fill in for official ones that
 * cannot be had; a state that others share must never depend on them.
 */
export function requireFileBackend(plugin: string, backendUrl: string | undefined): void {
  if (backendUrl?.startsWith("file://")) return;
  throw new Error(
    `${plugin} is a stand-in for local use and refuses the backend ${backendUrl ? `"${backendUrl}"` : "of your Pulumi login"}: ` +
      "only file:// backends are allowed. Use the official Pulumi CLI (https://www.pulumi.com/docs/install/) for any other.",
  );
}

/**
 * Serves a plugin to the engine that started this process: tells it the port on standard output and ends with
 * it. The engine holds the other end of standard input open for as long as it lives, so a killed one is noticed
 * at once, without polling.
 */
export async function servePlugin(args: {
  plugin: string;
  service: grpc.ServiceDefinition;
  implementation: grpc.UntypedServiceImplementation;
}): Promise<void> {
  try {
    requireFileBackend(args.plugin, process.env.PULUMI_BACKEND_URL);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0));
  process.stdin.resume();
  const { port } = await startServer(args.service, args.implementation);
  console.log(String(port));
}

/** Makes a unary handler from an async function; a thrown error becomes the call's error, message only. */
export function unary<Request, Response>(
  handle: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}
