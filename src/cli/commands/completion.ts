// Completes commands, flags and names of pools in shells.

import type { CliCommand } from "../command-line.ts";
import { UsageError } from "../command-line.ts";
import { COMMANDS } from "../commands.ts";
import { EXIT } from "../exit-codes.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
/** The commands whose operand is a pool. */
const OF_POOLS: readonly string[] = [
  "status",
  "statusline",
  "set",
  "reset",
  "ledger",
  "refusals",
  "holds",
  "release",
  "amend",
];
/** More names than these do not help at a prompt. */
const POOLS_COMPLETED_MAX = 1000;
const POOLS = "token-budget completion pools 2>/dev/null";

/** `token-budget completion`. */
export const completion: CliCommand = {
  name: "completion",
  operands: `${SHELLS.join("|")}|pools`,
  operandsMax: 1,
  summary:
    "Prints a completion script for your shell, or the names of pools, which that script requests.",
  flags: { ...BOOKS_FLAGS, json: { help: "pools as JSON" } },
  examples: [
    "source <(token-budget completion bash)",
    "token-budget completion fish > ~/.config/fish/completions/token-budget.fish",
  ],
  async run(given, context) {
    const { out } = context;
    if (given.operands[0] === "pools") {
      const { books, close } = await openBooks(given, context);
      try {
        const names = (await books.pools()).slice(0, POOLS_COMPLETED_MAX).map(({ path }) => path);
        if (given.isOn("json")) out(JSON.stringify(names));
        else for (const name of names) out(name);
      } finally {
        await close();
      }
      return EXIT.success;
    }
    const shell = SHELLS.find((each) => each === given.operands[0]);
    if (shell === undefined)
      throw new UsageError(`Missing shell: name one of ${SHELLS.join(", ")}`);
    const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
    const lines = shell === "fish" ? fishScript(commands) : bashScript(commands, shell);
    for (const line of lines) out(line);
    return EXIT.success;
  },
};

function flagsOf({ flags }: CliCommand): string {
  return [...Object.keys(flags), "help"].map((name) => `--${name}`).join(" ");
}

/** For bash; zsh understands it through a compatibility module. */
function bashScript(commands: readonly CliCommand[], shell: "bash" | "zsh"): readonly string[] {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsOf(command)}" ;;`);
  const ofPools = OF_POOLS.join("|");
  return [
    ...(shell === "zsh" ? ["autoload -Uz bashcompinit && bashcompinit"] : []),
    "_token_budget() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" words=""',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac",
    "  words=\"${words// /$'\\n'}\"",
    `  if [ "$COMP_CWORD" -eq 1 ]; then words=$'${commands.map(({ name }) => name).join("\\n")}'`,
    '  elif [ "${COMP_WORDS[COMP_CWORD-1]}" = --pool ]; then',
    `    words="$(${POOLS})"`,
    '  elif [ "${word#-}" = "$word" ]; then',
    `    case "\${COMP_WORDS[1]}" in ${ofPools}) words="$(${POOLS})" ;; esac`,
    "  fi",
    // No `compgen -W`: it would expand a name such as $(command).
    "  local each",
    "  COMPREPLY=()",
    "  while IFS= read -r each; do",
    `    if [ -n "$each" ] && [[ "$each" == "$word"* ]]; then COMPREPLY+=("$(printf %q "$each")"); fi`,
    '  done <<< "$words"',
    "}",
    "complete -o default -F _token_budget token-budget",
  ];
}

function fishScript(commands: readonly CliCommand[]): readonly string[] {
  const pools = [
    `complete -c token-budget -f -n '__fish_seen_subcommand_from ${OF_POOLS.join(" ")}' -a '(${POOLS})'`,
    `complete -c token-budget -n '__fish_seen_subcommand_from run' -l pool -x -a '(${POOLS})'`,
  ];
  return pools.concat(fishFlags(commands));
}

function fishFlags(commands: readonly CliCommand[]): readonly string[] {
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
