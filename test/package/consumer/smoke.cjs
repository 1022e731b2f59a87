const api = require("token-budget");
const testing = require("token-budget/testing");
const { name } = require("token-budget/package.json");

const { exercise } = require("./exercise.cjs");

if (Object.keys(testing).length === 0) throw new Error("./testing exports nothing");
if (name !== "token-budget") throw new Error(`./package.json says ${name}`);
void exercise(api).then((checks) => process.stdout.write(`passed ${checks} checks\n`));
