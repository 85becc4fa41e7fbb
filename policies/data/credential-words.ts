/** Last words of names whose values are credentials: `DB_PASSWORD`, `clientSecret`, `api-key`. Two words are one entry. */
export const credentialEndings: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "passcode",
  "pass",
  "pwd",
  "pswd",
  "pw",
  "secret",
  "token",
  "apikey",
  "apitoken",
  "credential",
  "credentials",
  "creds",
  "requirepass",
  "dbpass",
  "dbpassword",
  "dbpasswd",
  "dbpwd",
  "userpass",
  "adminpass",
  "rootpass",
  "masterauth",
  "masterkey",
  "secretkey",
  "privatekey",
  "accesskey",
  "authtoken",
  "rootpassword",
  "pgpassword",
  "pgpass",
  "api key",
  "access key",
  "secret key",
  "private key",
  "signing key",
  "encryption key",
  "master key",
  "storage key",
  "hmac key",
  "aes key",
  "fernet key",
  "account key",
  "shared key",
  "auth key",
  "jwt key",
  "session key",
  "license key",
  "redis auth",
  "key base",
  "github pat",
  "gitlab pat",
  "azure pat",
  "stripe key",
  "sendgrid key",
  "mailgun key",
  "openai key",
];

/** Words besides the last one that make it something else: a switch, a limit, a public half, a checksum. */
export const harmlessWords: readonly string[] =
  "public enable enabled disable allow use has require skip max min num next automount reset forgot change invalid wrong checksum hash sha digest revision rotation".split(
    " ",
  );

/** Words before `token` with which it is the name of a header, of a cookie or of a field. */
export const wordsOfTokenNames: readonly string[] = "csrf xsrf header cookie".split(" ");

/** Words after a credential that say whose it is: `DB_PASSWORD_PROD`. */
export const wordsOfEnvironments: readonly string[] =
  "prod production dev development stage staging test testing qa uat live".split(" ");

/** Values of tokens and keys that say where the real one comes from, or of what sort it is. */
export const sortsOfTokens: readonly string[] =
  "device file header cookie query body session bearer basic jwt oauth oidc opaque auto static dynamic env".split(
    " ",
  );

/** Words before `secret` that make it the name of a Secret. */
export const wordsOfSecretNames: readonly string[] =
  "tls ssl ca cert certificate pull existing k8s kube kubernetes".split(" ");

/** Values that choose something, and types of values, which are no credentials whatever they are the value of. */
export const harmlessValues: readonly string[] = [
  "true",
  "false",
  "yes",
  "no",
  "on",
  "off",
  "none",
  "null",
  "nil",
  "undefined",
  "enabled",
  "disabled",
  "required",
  "optional",
  "always",
  "never",
  "string",
  "str",
  "number",
  "integer",
  "int",
  "boolean",
  "bool",
  "object",
  "any",
  "bytes",
  "plaintext",
  "scram-sha-256",
  "md5",
  "sha256",
  "bcrypt",
  "redacted",
];

/** Words that people make their first passwords of; none of them adds anything that has to be guessed. */
export const commonWords: ReadonlySet<string> = new Set(
  `a abc abcd abcdef abcdefg access account adm admin administrator admins an api app apps application asdf auth authentication authorization
  backend bar basic baz bearer cache change changeit changeme client code complex config credential credentials data database db debug
  default demo dev development do dragon dummy elastic elasticsearch email encryption enter example fake foo for frontend full gateway
  generated grafana guest hello here hidden hunter initial insecure internal is it jenkins jwt kafka key keycloak keys kibana kube kubernetes
  letmein local localhost log login long love mail manager mariadb master me metrics min minio minioadmin mongo mongodb monitor monkey my
  mysql mysecretpassword name new nginx nobody not openldap operator oracle p pass passcode passphrase passwd password passwords passw pg
  placeholder please postgres postgresql pass private prod production prometheus public pw pwd qa qwerty qwertyuiop rabbit rabbitmq read
  reader readonly really redis replace replaceme replication root rootpassword rootroot s3cr3t sa salt sample secret secretkey secretpassword
  secrets secure seed server service session shared sign signing simple some sonar ssh stage staging string strong super superadmin
  supersecret superuser svc sysadmin system temp temporary test tester testing testpass testpassword testtest text the this to todo token
  tomcat toor topsecret unsafe user username users value vault very wallet web welcome with word wordpress write www you your zabbix`
    .split(/\s+/)
    .filter(Boolean),
);
