// `token-budget allow`: trusts the file of this folder from now on.

import { disallowFile, allowFile } from "../settings/allowed-files.ts";
import { Failure } from "../command-line.ts";
import type { CliCommand } from "../command-line.ts";
import { FILE_NAME } from "../settings/configuration-file.ts";
import { readFolderFile } from "../settings/configuration.ts";
import { EXIT } from "../exit-codes.ts";

/** `token-budget allow`. */
export const allow: CliCommand = {
  name: "allow",
  operands: "",
  operandsMax: 0,
  summary: `Allows the ${FILE_NAME} of this folder. Until then, only settings that make a budget stricter are read from it, because a cloned folder could name the address that your keys are sent to. Allow the file again after every change.`,
  flags: { remove: { help: "revoke the permission" }, json: { help: "as JSON" } },
  examples: ["token-budget allow", "token-budget allow --remove"],
  run(given, { env, out }) {
    const file = readFolderFile(env);
    if (file === undefined) throw new Failure(`there is no ${FILE_NAME} in this folder`);
    const { path, content, settings } = file;
    if (given.isOn("remove")) {
      const was = disallowFile(env, path);
      if (given.isOn("json")) out(JSON.stringify({ path, isAllowed: false }));
      else out(was ? `No longer allowed: ${path}` : `Was not allowed: ${path}`);
      return Promise.resolve(EXIT.success);
    }
    allowFile(env, path, content);
    if (given.isOn("json")) {
      out(JSON.stringify({ path, isAllowed: true, settings }));
      return Promise.resolve(EXIT.success);
    }
    out(`Allowed: ${path}`);
    for (const [key, value] of Object.entries(settings)) out(`  ${key}: ${JSON.stringify(value)}`);
    return Promise.resolve(EXIT.success);
  },
};
