import { Argument, type Command } from "commander";
import { examples } from "../terminal/help-end.ts";
import type { Shell } from "./completion-script.ts";

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes verbs, options and stacks in a shell")
    .addArgument(new Argument("<shell>", "the shell that reads it").choices(shells))
    .addHelpText(
      "after",
      examples(
        "source <(npx --no-install ghcr-fleet completion bash)   # in ~/.bashrc",
        "source <(npx --no-install ghcr-fleet completion zsh)    # in ~/.zshrc, after compinit",
        "npx --no-install ghcr-fleet completion fish | source    # in ~/.config/fish/config.fish",
      ),
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion-script.ts");
      process.stdout.write(completionScript(shell, program));
    });
}
