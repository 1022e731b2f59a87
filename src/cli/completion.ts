import type { Command } from "./command-line.ts";
import { UsageError } from "./command-line.ts";
import { EXIT } from "./exit-codes.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `token-budget completion`, for these commands. */
export function completionOf(commands: readonly Command[]): Command {
  return {
    name: "completion",
    operands: SHELLS.join("|"),
    operandsMax: 1,
    summary: "Writes what your shell needs to complete commands and flags.",
    flags: {},
    examples: [
      "source <(token-budget completion bash)",
      "token-budget completion fish > ~/.config/fish/completions/token-budget.fish",
    ],
    run(given, { out }) {
      const shell = SHELLS.find((each) => each === given.operands[0]);
      if (shell === undefined)
        throw new UsageError(`Which shell? Name one of ${SHELLS.join(", ")}`);
      const lines = shell === "fish" ? fishScript(commands) : bashScript(commands, shell);
      for (const line of lines) out(line);
      return Promise.resolve(EXIT.success);
    },
  };
}

function flagsOf({ flags }: Command): string {
  return [...Object.keys(flags), "help"].map((name) => `--${name}`).join(" ");
}

/** For bash; zsh understands it with a module of its own. */
function bashScript(commands: readonly Command[], shell: "bash" | "zsh"): readonly string[] {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsOf(command)}" ;;`);
  return [
    ...(shell === "zsh" ? ["autoload -Uz bashcompinit && bashcompinit"] : []),
    "_token_budget() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" words=""',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac",
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(" ")}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "}",
    "complete -o default -F _token_budget token-budget",
  ];
}

function fishScript(commands: readonly Command[]): readonly string[] {
  return commands.flatMap(({ name, summary, flags }) => [
    `complete -c token-budget -n __fish_use_subcommand -a ${name} -d '${firstOf(summary)}'`,
    ...Object.entries(flags).map(
      ([flag, { value, help }]) =>
        `complete -c token-budget -n '__fish_seen_subcommand_from ${name}' -l ${flag}${value === undefined ? "" : " -r"} -d '${firstOf(help)}'`,
    ),
  ]);
}

function firstOf(text: string): string {
  return (text.split(". ")[0] ?? "").replaceAll("'", "");
}
