/**
 * The file of a stack's configuration; a name with its organisation, `acme/prod`, has the same one.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
 */
export function stackFileName(stack: string): string {
  return `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`;
}
