/** A credential that shows by its form what it is. */
interface TokenFormat {
  /** What it is, as it reads after "holds". */
  readonly what: string;
  readonly pattern: RegExp;
}

/** Forms that issuers document or that their scanners look for; each is distinct enough to stand in any text. */
export const tokenFormats: readonly TokenFormat[] = [
  {
    what: "a private key",
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/\\]/,
  },
  { what: "an age private key", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/ },
  { what: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})/ },
  { what: "a GitLab token", pattern: /\bgl(?:pat|dt|rt|cbt|ptt|agent|oas)-[\w-]{20,}/ },
  { what: "a Slack token", pattern: /\bxox[abeoprs]-[\w-]{10,}/ },
  {
    what: "a Slack webhook",
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/T\w{5,}\/\w{5,}\/\w{12,}/,
  },
  { what: "a Discord webhook", pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{10,}\/[\w-]{30,}/ },
  { what: "a Telegram bot token", pattern: /\b\d{8,10}:AA[\w-]{33}\b/ },
  { what: "a Stripe key", pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/ },
  { what: "a Google API key", pattern: /\bAIza[\w-]{35}\b/ },
  { what: "a Google OAuth secret", pattern: /\bGOCSPX-[\w-]{28}\b/ },
  { what: "an Azure storage key", pattern: /\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}/ },
  { what: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: "a PyPI token", pattern: /\bpypi-AgE[\w-]{50,}/ },
  { what: "a Docker Hub token", pattern: /\bdckr_(?:pat|oat)_[\w-]{27,}/ },
  { what: "a SendGrid key", pattern: /\bSG\.[\w-]{16,32}\.[\w-]{30,64}/ },
  { what: "a Vault token", pattern: /\bhv[sbr]\.[\w-]{24,}/ },
  { what: "a DigitalOcean token", pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/ },
  { what: "a Grafana token", pattern: /\bgl(?:sa|c)_[A-Za-z0-9+/_]{32,}={0,2}/ },
  {
    what: "an OpenAI or Anthropic key",
    pattern: /\bsk-(?:ant-|proj-|svcacct-)[\w-]{20,}|\bsk-[A-Za-z0-9]{48}\b/,
  },
  { what: "a Hugging Face token", pattern: /\bhf_[A-Za-z]{34}\b/ },
  { what: "a signed token (JWT)", pattern: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/ },
  {
    what: "a key of an application (base64:...)",
    pattern: /(?<![\w-])base64:(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{22}==)/,
  },
  {
    what: "a bearer token",
    pattern: /\bauthorization["']?\s*[:=]\s*["']?bearer\s+(?=[\w.~+/-]*\d)[\w.~+/=-]{12,}/i,
  },
  {
    what: "a login for HTTP",
    pattern: /\bauthorization["']?\s*[:=]\s*["']?basic\s+[A-Za-z0-9+/]{8,}={0,2}/i,
  },
];
