/** The connection to PostgreSQL: one bounded pool for a whole process. */
import pg from "pg";

/** What runs SQL: the pool, or one transaction on it. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/** A subscription to a channel of LISTEN. */
export interface Listening {
  close(): Promise<void>;
}

/** Connections of the pool, for metrics. */
export interface PoolCounts {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

export interface Database extends Queryable {
  /** Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** A connection outside the pool, which only the holder uses and ends. */
  dedicated(): Promise<pg.Client>;
  connections(): PoolCounts;
  close(): Promise<void>;
}

/** A login of the database. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** What the server's list of sessions says. */
  readonly applicationName: string;
  /** The login of this moment: asked for at each new connection, so that a rotated credential needs no restart. */
  readonly login: () => Login;
  /** Told of errors of connections that nobody is using, such as a server that restarts. They harm nobody. */
  readonly onIdleError: (error: Error) => void;
  /** Connections at most. @default 10 */
  readonly maxConnections?: number;
  /** Milliseconds that one statement may take; 0: any time. @default 30 000 */
  readonly statementTimeout?: number;
}

/** Milliseconds that connecting, or waiting for a connection of the pool, may take. */
const connectionTimeout = 5_000;
/** Milliseconds that the client waits beyond the server's own limit before it gives a connection up as dead. */
const networkSlack = 5_000;
/** Milliseconds until the server ends a transaction whose client is silent, and with it the client's locks. */
const silenceLimit = 30_000;

/** Errors of PostgreSQL by SQLSTATE: https://www.postgresql.org/docs/17/errcodes-appendix.html */
const loginRefused = new Set(["28P01", "28000"]);
/**
 * What has nothing to do with the statement itself. Classes 08: connection; 40: deadlock or conflict; 53: no memory, disk
 * or connections left; 57: shutting down, starting, or too slow for the time limit; 58: disk errors. Besides: a server
 * that is read-only while another takes over, a transaction ended for silence, a login in rotation.
 */
const outageCodes = /^((08|40|53|57|58)...|25006|25P03|28P01|28000)$/;

/** Opens nothing yet: a pool connects when it is used, so that a server that is down is no error here. */
export function openDatabase(options: DatabaseOptions): Database {
  const { statementTimeout = 30_000, maxConnections = 10 } = options;
  const config = {
    host: options.host,
    port: options.port,
    database: options.name,
    application_name: options.applicationName,
    connectionTimeoutMillis: connectionTimeout,
    keepAlive: true,
    statement_timeout: statementTimeout,
    query_timeout: statementTimeout === 0 ? undefined : statementTimeout + networkSlack,
    idle_in_transaction_session_timeout: silenceLimit,
  } satisfies pg.ClientConfig;
  const Client = clientWithLogin(options.login);
  const pool = new pg.Pool({ ...config, max: maxConnections, Client });
  pool.on("error", options.onIdleError);
  // A connection that breaks while it is in use rejects the query; its event would otherwise end the process.
  pool.on("connect", (client) => void client.on("error", () => {}));

  return {
    query: (text, values) => withClient(pool, (client) => client.query(text, values)),
    transaction: (work) => withClient(pool, (client) => inTransaction(client, work)),
    dedicated: () => connected(new Client(config)),
    connections: () => ({
      max: maxConnections,
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

/** Something in the database cannot be used yet, such as a schema that is still being migrated. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Whether the error means that the database could not be reached or used at that moment, so that a retry may help. */
export function isOutage(error: unknown): boolean {
  if (error instanceof Unavailable) return true;
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (outageCodes.test(code)) return true;
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)/.test(code)) return true;
  return /terminated|timeout exceeded|Connection ended|Query read timeout|not queryable/i.test(error.message);
}

/** A client that takes its login when it is made. A login that cannot be read fails the connection, not the process. */
function clientWithLogin(login: () => Login) {
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, ...loginOrFailure(login) });
    }
  };
}

function loginOrFailure(login: () => Login): Pick<pg.ClientConfig, "user" | "password"> {
  try {
    return login();
  } catch (error) {
    return {
      user: "unreadable",
      password: () => {
        throw error;
      },
    };
  }
}

async function connected(client: pg.Client): Promise<pg.Client> {
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let failure: unknown;
  try {
    return await work(client);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A connection whose last statement failed may be in an aborted transaction, or dead: it is not used again.
    client.release(failure !== undefined);
  }
}

/** A rotation may fall between the reading of user and password, so a refused login is tried once more. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (error instanceof pg.DatabaseError && loginRefused.has(error.code ?? "")) return pool.connect();
    throw error;
  }
}

async function inTransaction<T>(
  client: pg.PoolClient,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // Closing the connection rolls back as well; this only frees the locks at once.
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
