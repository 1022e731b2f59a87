import { execFile } from "node:child_process";

/** Where the repository is. */
export const REPOSITORY: string = new URL("../..", import.meta.url).pathname;

/** Runs a program to its end and answers its output; fails with all that it said when it fails. */
export function run(program: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim();
      reject(new Error(`${program} ${args.join(" ")}: ${said || error.message}`, { cause: error }));
    });
  });
}

/** Runs a development tool of the repository, such as `tsc`. */
export function runTool(tool: string, args: readonly string[], folder: string): Promise<string> {
  return run(`${REPOSITORY}node_modules/.bin/${tool}`, args, folder);
}
