// Pulumi loads a pack through its own old TypeScript compiler, which type-checks at every start and knows no ES modules.
// A JavaScript entry makes Node.js itself load the rest.
import "./pack.ts";
