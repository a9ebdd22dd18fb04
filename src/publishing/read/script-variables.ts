import { variableOf, type Step } from "./repository.ts";

/** A text of a script with its variables as expressions, where its step or the script itself sets them. */
export function expandVariables(step: Step, text: string): string {
  return text.replaceAll(
    /\$env:(\w+)|\$\{(\w+)\}|\$(\w+)|%(\w+)%/g,
    (whole: string, ...groups: unknown[]) => {
      const name = groups.slice(0, 4).find((group) => typeof group === "string");
      if (typeof name !== "string") return whole;
      const assigned = assignedIn(step.run?.value ?? "", name);
      if (assigned !== undefined) return assigned;
      return variableOf(step, name) ? `\${{ env.${name} }}` : whole;
    },
  );
}

/** What a script sets a variable to, where that is one plain text. */
export function assignedIn(script: string, name: string): string | undefined {
  const found = [
    ...script.matchAll(new RegExp(`(?:^|[\\s;])${name}=("[^"\`]*"|'[^']*'|[^\\s;"'\`]*)`, "gm")),
  ];
  const [only] = found;
  const text = only?.[1]?.replaceAll(/["']/g, "");
  return found.length === 1 && text !== undefined && !/\$(?!\{\{)/.test(text) ? text : undefined;
}
