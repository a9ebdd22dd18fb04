/**
 * The file of a stack's configuration: `Pulumi.prod.yaml` for `prod` and for `acme/prod`.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
 */
export function stackFileName(stack: string): string {
  return `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`;
}
