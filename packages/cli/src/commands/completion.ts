import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion/scripts.ts";

const EXAMPLES = `
Completes commands, functions, their parameters and choices, aliases, profiles and hubs. It reads the keyring's names and asks no hub.

bash: add to ~/.bashrc
  source <(coinholder completion bash)
zsh: after compinit, in ~/.zshrc
  source <(coinholder completion zsh)
fish:
  coinholder completion fish > ~/.config/fish/completions/coinholder.fish`;

export const addCompletion = (program: Command): void => {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText("after", EXAMPLES)
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell));
    });
};
