/** The target of a `uses`. */
export type Uses =
  /** In the repository itself: in the checkout (`./`), or at the running commit (`$/`). */
  | { readonly kind: "local" }
  | { readonly kind: "image"; readonly digest: boolean }
  | {
      readonly kind: "action" | "workflow";
      /** "docker/login-action", without the folder inside it. */
      readonly repository: string;
      readonly owner: string;
      readonly ref: string;
    }
  | { readonly kind: "unreadable" };

/**
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses
 * @see https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/
 */
export function parseUses(text: string): Uses {
  if (/^[.$]\//.test(text)) return { kind: "local" };
  if (text.startsWith("docker://"))
    return { kind: "image", digest: /@sha256:[0-9a-f]{64}$/.test(text) };
  const match = /^(?<owner>[^/@]+)\/(?<name>[^/@]+)(?<folder>\/[^@]*)?@(?<ref>.+)$/.exec(text);
  const { owner, name, folder = "", ref } = match?.groups ?? {};
  if (owner === undefined || name === undefined || ref === undefined) return { kind: "unreadable" };
  const kind = folder.startsWith("/.github/workflows/") ? "workflow" : "action";
  return { kind, repository: `${owner}/${name}`, owner, ref };
}

/** Whether a step runs this action, at any version: "docker/login-action". */
export function runsAction(step: { uses: { value: string } | undefined }, action: string): boolean {
  const uses = parseUses(step.uses?.value ?? "");
  return uses.kind === "action" && uses.repository.toLowerCase() === action;
}
