/** What the header of every template says instead of a stack's name. */
const anyStack = "(Pulumi.<stack>.yaml)";

/** The name of the stack that a resource belongs to: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function stackOfUrn(urn: string): string {
  return /^urn:pulumi:(.+?)::/.exec(urn)?.[1] ?? "";
}

/** Files of templates with the stack that writes them in their headers: other stacks leave them alone. */
export function withStack(
  files: Readonly<Record<string, string>>,
  stack: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      text.replace(anyStack, () => `(Pulumi.${stack}.yaml)`),
    ]),
  );
}

/** The stack that the header of a file of a template names; none in those of earlier versions. */
export function namedStack(text: string): string | undefined {
  const [, where = ""] = text.split("\n", 2);
  return /\(Pulumi\.([\w.-]+)\.yaml\)/.exec(where)?.[1];
}
