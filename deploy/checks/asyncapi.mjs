// Validates an AsyncAPI document with the official parser, following its references to files.
// node deploy/checks/asyncapi.mjs contracts/asyncapi.yaml   prints each error as path: message; exit 1 when there is one.
import { Parser, fromFile } from "@asyncapi/parser";

const SEVERITY_ERROR = 0;
const [file] = process.argv.slice(2);
const { diagnostics, document } = await fromFile(new Parser(), file).parse();
const errors = diagnostics.filter((found) => found.severity === SEVERITY_ERROR);
for (const found of errors) console.error(`${file}: ${found.path.join("/")}: ${found.message}`);
process.exit(errors.length > 0 || document === undefined ? 1 : 0);
