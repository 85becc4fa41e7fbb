import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type Report, terminalReport } from "../report.ts";
import { readArguments, requireStack, UsageError } from "./arguments.ts";
import { type GatewayAccess, openGateway } from "./gateway-access.ts";
import { exitCodes, type Finished, verdictText } from "./verdict-text.ts";

const usage = "npm run verify [-- FILE | -- --example NUMBER] [--stack NAME] [--json]";

/** `npm run verify`: submits a file, or an example of the platform's own, to a deployed stack and prints its verdict. */
export async function run(argv: readonly string[]): Promise<number> {
  const options = {
    stack: { type: "string", default: "dev" },
    example: { type: "string" },
    json: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = readArguments({ argv, usage, options, optionalWords: 1 });
  const [file] = positionals;
  if (file !== undefined && values.example !== undefined)
    throw new UsageError(`a file and an example at once\nUsage: ${usage}`);
  const stack = requireStack(values.stack, usage);
  const report = terminalReport();
  const given = file === undefined ? undefined : await readSubmission(file);
  const gateway = await openGateway({ stack, report });
  try {
    const submission = given ?? (await exampleSubmission({ gateway, wanted: values.example ?? "1", report }));
    const finished = await verify({ gateway, submission, report });
    process.stdout.write(values.json ? `${JSON.stringify(finished, undefined, 2)}\n` : verdictText(finished));
    return exitCodes[finished.result.verdict];
  } finally {
    gateway.close();
  }
}

async function readSubmission(file: string): Promise<string> {
  const path = resolve(process.env.INIT_CWD ?? ".", file);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${path} cannot be read (${error.code}); it must hold {"standard", "property", "model"} as JSON`,
    );
  });
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
  return text;
}

interface StandardPage {
  readonly title: string;
  readonly examples: readonly { readonly title: string; readonly submission: unknown }[];
}

/** One of the examples that the platform offers, counted over all standards from 1. */
async function exampleSubmission(args: {
  readonly gateway: GatewayAccess;
  readonly wanted: string;
  readonly report: Report;
}): Promise<string> {
  const { gateway, wanted, report } = args;
  const get = async <T>(path: string) => (await (await call(gateway, path)).json()) as T;
  const { items } = await get<{ items: { id: string; available: boolean }[] }>("/v1/standards");
  const pages = items
    .filter(({ available }) => available)
    .map(({ id }) => get<StandardPage>(`/v1/standards/${id}`));
  const all = (await Promise.all(pages)).flatMap(({ title: standard, examples }) =>
    examples.map(({ title, submission }) => ({ title: `${standard}: ${title}`, submission })),
  );
  const example = all[Number(wanted) - 1];
  if (!example) {
    const list = all.map(({ title }, index) => `\n  ${index + 1}  ${title}`).join("");
    throw new UsageError(
      `there is no example ${JSON.stringify(wanted)}; examples are${list}\nUsage: ${usage}`,
    );
  }
  report.step(`Example ${wanted} of ${all.length}: ${example.title}`);
  return JSON.stringify(example.submission);
}

async function verify(args: {
  readonly gateway: GatewayAccess;
  readonly submission: string;
  readonly report: Report;
}): Promise<Finished> {
  const { gateway, submission, report } = args;
  const submitted = await call(gateway, "/v1/verifications", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: submission,
  });
  const { id, status } = (await submitted.json()) as { id: string; status: string };
  const seen = submitted.status === 202 ? "is submitted" : `was submitted before and is ${status}`;
  report.step(`Verification ${id} ${seen}`);
  const path = `/v1/verifications/${id}`;
  while (!(await follow(gateway, `${path}/events`, report))) report.detail("following it again");
  return (await (await call(gateway, path)).json()) as Finished;
}

/** Reports what happens to a verification. Returns whether it is finished, or the stream has ended before. */
async function follow(gateway: GatewayAccess, path: string, report: Report): Promise<boolean> {
  const { body } = await call(gateway, path, { headers: { accept: "text/event-stream" } });
  const events = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  try {
    for await (const { event, data } of events ?? []) {
      if (event === "finished") return true;
      const { status, phase, detail } = JSON.parse(data) as Record<string, string | undefined>;
      report.detail([status ?? phase, detail].filter(Boolean).join(": "));
    }
  } catch {
    // The gateway's pod may have ended; another one answers.
  }
  return false;
}

async function call(gateway: GatewayAccess, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, "x-api-key": gateway.apiKey };
  const response = await fetch(`${gateway.url}${path}`, { ...init, headers }).catch((error: Error) => {
    const reason = (error.cause as Error | undefined)?.message ?? error.message;
    throw new Error(`the gateway does not answer at ${gateway.url}: ${reason}`);
  });
  if (response.ok) return response;
  throw new Error(`the gateway answers ${response.status}: ${problemText(await response.text())}`);
}

/** A problem of RFC 9457 as lines; any other text as it is. */
function problemText(text: string): string {
  try {
    const {
      title,
      detail,
      errors = [],
    } = JSON.parse(text) as {
      title?: string;
      detail?: string;
      errors?: readonly { pointer: string; detail: string }[];
    };
    const lines = errors.map((error) => `\n  ${error.pointer || "(whole)"}: ${error.detail}`);
    return `${detail ?? title ?? text}${lines.join("")}`;
  } catch {
    return text;
  }
}
