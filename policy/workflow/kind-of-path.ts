/**
 * What GitHub takes a file for, by its path: the metadata of an action has its name, wherever the action
 * is, but in the folder of workflows it is one of them.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
export function kindOfPath(path: string): "workflow" | "action" {
  const isAction = /(?:^|[\\/])action\.ya?ml$/.test(path);
  return isAction && !/\.github[\\/]workflows[\\/][^\\/]+$/.test(path) ? "action" : "workflow";
}
