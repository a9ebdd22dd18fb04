import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { possibleValues, type ReadContext } from "./possible-values.ts";
import { hostOf } from "./image-names.ts";
import type { Job, Step } from "./repository.ts";

/** Where a password stands in a text. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * The passwords for the registry in a text with several logins, as docker/login-action takes it: a list
 * of `{ registry, username, password }` in YAML.
 *
 * @see https://github.com/docker/login-action#set-scopes-for-the-authentication-token
 */
export function passwordsIn(
  around: ReadContext & { readonly registry: string },
  place: Step | Job,
  node: Scalar<string>,
): Part[] {
  const { contents, errors } = parseDocument(node.value);
  if (errors.length > 0 || !isSeq(contents)) return [];
  return contents.items.flatMap((item) => {
    if (!isMap(item)) return [];
    const [registry, password] = [item.get("registry"), item.get("password", true)];
    const hosts = possibleValues(around, place, String(registry ?? "")).map(hostOf);
    const [from, to] = (isScalar(password) && password.range) || [0, 0];
    const isOurs = hosts.length > 0 && hosts.every((host) => host === around.registry);
    return isOurs && to > from ? [{ from, to }] : [];
  });
}
