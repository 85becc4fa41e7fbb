import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { paths } from "../../components/contract/runtime.ts";
import { isAccepted } from "./credentials.ts";
import { type Address, urlOf } from "./listen.ts";
import type { Logger } from "./logs.ts";
import type { MetricsRegistry, Server } from "./metrics.ts";
import { Problem, problemMediaType, problemTypes } from "./problems.ts";

export interface MetricsServerOptions {
  readonly registry: Pick<MetricsRegistry<Server>, "text" | "contentType">;
  /** The tokens that a scraper may present at this moment: the current one and the one before it, if any. */
  readonly tokens: () => readonly (string | undefined)[];
  readonly address: Address;
  readonly log: Logger;
}

/** Serves the metrics to scrapers that present the token, apart from the public port. */
export async function serveMetrics(options: MetricsServerOptions) {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void answer(options, request, response);
  });
  server.listen(options.address);
  await once(server, "listening");
  return {
    /** Base URL on this machine. */
    url: urlOf(server),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(options: MetricsServerOptions, request: IncomingMessage, response: ServerResponse) {
  try {
    check(request, options.tokens);
    const text = await options.registry.text();
    response.writeHead(200, { "content-type": options.registry.contentType }).end(text);
  } catch (error) {
    refuse(response, error, options.log);
  }
}

function check(request: IncomingMessage, tokens: MetricsServerOptions["tokens"]): void {
  const path = request.url?.split("?", 1)[0];
  if (path !== paths.metrics) throw new Problem(problemTypes.notFound, `Metrics are at ${paths.metrics}.`);
  if (request.method !== "GET" && request.method !== "HEAD")
    throw new Problem(problemTypes.methodNotAllowed, "Metrics are read with GET.", {
      headers: { allow: "GET, HEAD" },
    });
  const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (presented === undefined || !isAccepted(presented, tokens()))
    throw new Problem(problemTypes.unauthenticated, "Present the token of the metrics as a bearer token.", {
      headers: { "www-authenticate": "Bearer" },
    });
}

function refuse(response: ServerResponse, error: unknown, log: Logger): void {
  const problem =
    error instanceof Problem
      ? error
      : new Problem(problemTypes.internalError, "The log says what went wrong.");
  if (problem !== error) log.error({ err: error }, "metrics could not be served");
  response
    .writeHead(problem.type.status, { "content-type": problemMediaType, ...problem.headers })
    .end(JSON.stringify(problem.details()));
}
