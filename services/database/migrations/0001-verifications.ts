export const sql = `
CREATE TABLE platform.verifications (
  id uuid PRIMARY KEY,
  standard text NOT NULL,
  property text NOT NULL,
  model jsonb NOT NULL,
  submission_hash text NOT NULL,
  model_hash text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'finished')),
  -- Number of the attempt that may write the result: one for each time that a worker took the job.
  attempt integer NOT NULL DEFAULT 0,
  -- Whole milliseconds, as the API shows them: a page's cursor can then be made from what it shows.
  submitted_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  started_at timestamptz,
  finished_at timestamptz,
  result jsonb,
  -- Place in the trace of the request, as W3C Trace Context.
  trace_context jsonb,
  CHECK ((status = 'finished') = (result IS NOT NULL)),
  CHECK ((status = 'finished') = (finished_at IS NOT NULL))
);

-- Equal submissions meet in one row, unless that row ended without an answer.
CREATE UNIQUE INDEX verifications_answer ON platform.verifications (submission_hash)
 WHERE status <> 'finished' OR result ->> 'verdict' IN ('proved', 'violated', 'invalid');

-- What waits: counted at each submission, oldest first for metrics.
CREATE INDEX verifications_waiting ON platform.verifications (standard, submitted_at) WHERE status = 'queued';

-- Pages, newest first.
CREATE INDEX verifications_page ON platform.verifications (submitted_at DESC, id DESC);
CREATE INDEX verifications_page_of_standard ON platform.verifications (standard, submitted_at DESC, id DESC);
`;
