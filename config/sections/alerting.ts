import { z } from "zod";
import { type MetricKey, metrics } from "../../components/contract/metrics.ts";
import { decimal, field, integer } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

/** Below 0.94, a page would need more failures than there are requests: 14.4 times the budget is more than 1. */
const share = (example: number) => decimal("share of 1", { min: 0.94, max: 0.9999, example });

/** A bound that a histogram counts up to: between two of them it cannot tell. */
function boundOf(histogram: MetricKey & `${string}_duration_seconds`, example: number) {
  const bounds: readonly number[] = metrics[histogram].buckets;
  return field(
    z.number().refine((value) => bounds.includes(value)),
    { allowed: `one of ${bounds.join(", ")} (seconds)`, example: String(example) },
  );
}

const address = field(z.email(), { allowed: "an e-mail address", example: "operators@example.com" });

interface Email {
  readonly to: readonly string[];
  readonly from?: string | undefined;
  readonly smarthost?: string | undefined;
  readonly username?: string | undefined;
}

/** Mail needs a sender and a server; these alone send nothing. */
function checkEmail(email: Email, context: z.core.$RefinementCtx<Email>): void {
  const missing = (["from", "smarthost"] as const).filter((key) => email[key] === undefined);
  const given = (["from", "smarthost", "username"] as const).filter((key) => email[key] !== undefined);
  const issue = (key: string, params: Record<string, string>) =>
    context.addIssue({ code: "custom", path: [key], params });
  if (email.to.length > 0) {
    for (const key of missing) issue(key, emailHelp[key]);
  } else if (given.length > 0) {
    issue("to", {
      allowed: "at least one address, as alerting.email says how to send",
      example: "[operators@example.com]",
    });
  }
}

const emailHelp = {
  from: { allowed: "an e-mail address, as alerting.email.to names receivers", example: "alerts@example.com" },
  smarthost: {
    allowed: "HOST:PORT of a mail server, as alerting.email.to names receivers",
    example: "smtp.example.com:587",
  },
} as const;

/** What is watched for, and who is told. */
export const alerting = z.strictObject({
  /** Folder with a page for each alert, which alerts link to. */
  runbooks: field(
    z.url({ protocol: /^https?$/ }).refine((url) => !url.endsWith("/")),
    {
      allowed: "an http or https URL without a slash at its end",
      example: "https://wiki.example.com/runbooks",
    },
  ).default("https://github.com/iot-verification/iot-verification/blob/main/docs/runbooks"),
  objectives: z
    .strictObject({
      /** Of the gateway's answers, those that are no server errors. */
      availability: share(0.999).default(0.999),
      /** Of the gateway's answers, those that take at most so many seconds. */
      latency: z
        .strictObject({
          share: share(0.99).default(0.99),
          seconds: boundOf("http_request_duration_seconds", 1).default(1),
        })
        .prefault({}),
      /** Of verifications, those that end with another verdict than unknown. */
      verdicts: share(0.95).default(0.95),
      /** Of verifications, those that end within so many seconds of their start. */
      timeToVerdict: z
        .strictObject({
          share: share(0.95).default(0.95),
          seconds: boundOf("verification_duration_seconds", 120).default(120),
        })
        .prefault({}),
    })
    .prefault({}),
  /** That the oldest waiting verification may have waited. */
  backlogAge: integer("seconds", { min: 30, max: 86_400, example: 600 }).default(600),
  /** That the last good backup may have. */
  backupAge: integer("hours", { min: 1, max: 720, example: 26 }).default(13),
  /** Where the incoming webhook lets it be chosen. */
  slack: z
    .strictObject({
      channel: field(z.string().regex(/^[#@][\w.-]{1,79}$/), {
        allowed: "a channel (#NAME) or a person (@NAME)",
        example: '"#iot-verification"',
      }).optional(),
    })
    .prefault({}),
  email: z
    .strictObject({
      to: field(z.array(address).max(16), {
        allowed: "a list of at most 16 e-mail addresses",
        example: "[operators@example.com]",
      }).default([]),
      from: field(z.email(), { allowed: "an e-mail address", example: "alerts@example.com" }).optional(),
      smarthost: field(
        z
          .string()
          .regex(/^[\w.-]+:\d{1,5}$/)
          .refine(hasPort),
        {
          allowed: "HOST:PORT of a mail server",
          example: "smtp.example.com:587",
        },
      ).optional(),
      username: field(z.string().min(1).max(320), {
        allowed: "the name to log in with at the mail server",
        example: "alerts@example.com",
      }).optional(),
    })
    .superRefine(checkEmail)
    .prefault({}),
  /** Of Alertmanager, with the operator of Prometheus: they tell each other what they have sent. */
  replicas: integer("pods", { min: 2, max: 5, example: 3 }).default(3),
  /** Of Alertmanager. */
  resources: resources({
    requests: { cpu: "25m", memory: "32Mi" },
    limits: { cpu: "200m", memory: "64Mi" },
  }).prefault({}),
  storage: volume("1Gi").prefault({}),
});

/** A URL that lets whoever knows it in; its value is never part of an error. */
const secretUrl = field(z.url({ protocol: /^https?$/ }).max(2048), {
  allowed: "an http or https URL of at most 2048 characters",
});

/** What is secret of the receivers; each must be set with `--secret`. One that is left out tells nobody. */
export const alertSecrets = {
  /** Called for every notification, in Alertmanager's own format. */
  alertWebhookUrl: secretUrl.optional(),
  /** Of an incoming webhook. */
  alertSlackUrl: secretUrl.optional(),
  /** Integration key of a service with Events API v2. */
  alertPagerdutyKey: field(z.string().regex(/^[A-Za-z0-9]{32}$/), {
    allowed: "an integration key: 32 letters and digits",
  }).optional(),
  /** With which `alerting.email.username` logs in. */
  alertEmailPassword: field(z.string().regex(/^[\x21-\x7e]{1,512}$/), {
    allowed: "1 to 512 printable ASCII characters without blanks",
  }).optional(),
  /** Called once a minute; whoever is there raises the alarm when it no longer is. */
  alertWatchdogUrl: secretUrl.optional(),
};

type AlertSecrets = { readonly [Key in keyof typeof alertSecrets]?: string | undefined };

/** What is said of a receiver goes with its secret. */
export function checkReceivers(
  { alerting: { slack, email }, ...secrets }: AlertSecrets & { readonly alerting: z.output<typeof alerting> },
  context: z.core.$RefinementCtx<unknown>,
): void {
  const missing = (key: keyof AlertSecrets, allowed: string) =>
    context.addIssue({ code: "custom", path: [key], params: { allowed } });
  if (slack.channel !== undefined && secrets.alertSlackUrl === undefined) {
    missing("alertSlackUrl", "the secret URL of an incoming webhook, as alerting.slack.channel is set");
  }
  if (email.username !== undefined && secrets.alertEmailPassword === undefined) {
    missing("alertEmailPassword", "the secret password, as alerting.email.username is set");
  }
  if (email.username === undefined && secrets.alertEmailPassword !== undefined) {
    context.addIssue({
      code: "custom",
      path: ["alerting", "email", "username"],
      params: { allowed: "the name that alertEmailPassword is for", example: "alerts@example.com" },
    });
  }
}

function hasPort(address: string): boolean {
  const port = Number(address.split(":").at(-1));
  return port >= 1 && port <= 65_535;
}
