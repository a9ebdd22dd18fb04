/** An action at a commit, which nobody can move. */
export interface ActionPin {
  readonly version: string;
  readonly sha: string;
}

/**
 * The actions that workflows may use, with a tag and its commit. This list is separate from the one
 * that workflows are rendered with: a wrong commit there is found because it is missing here.
 */
export const allowedActions: Readonly<Record<string, ActionPin>> = {
  "actions/attest": { version: "v4.2.2", sha: "1e69f48acb82d1966a394da916b4c1698aa569d6" },
  "actions/cache": { version: "v5.0.5", sha: "27d5ce7f107fe9357f9df03efb73ab90386fccae" },
  "actions/checkout": { version: "v7.0.1", sha: "3d3c42e5aac5ba805825da76410c181273ba90b1" },
  "actions/download-artifact": {
    version: "v8.0.1",
    sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
  },
  "actions/setup-node": { version: "v7.0.0", sha: "820762786026740c76f36085b0efc47a31fe5020" },
  "actions/upload-artifact": {
    version: "v7.0.0",
    sha: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
  },
  "docker/build-push-action": {
    version: "v7.3.0",
    sha: "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a",
  },
  "docker/login-action": { version: "v4.6.0", sha: "dbcb813823bdd20940b903addbd779551569679f" },
  "docker/metadata-action": { version: "v6.2.0", sha: "dc802804100637a589fabce1cb79ff13a1411302" },
  "docker/setup-buildx-action": {
    version: "v4.3.0",
    sha: "37fe631027851001ddb9b187196cc803df7f5f0e",
  },
  "docker/setup-qemu-action": {
    version: "v4.2.0",
    sha: "96fe6ef7f33517b61c61be40b68a1882f3264fb8",
  },
};

/** "actions/setup-node@<40 hex digits> # v6.1.0", as written in a workflow. */
export const pinPattern = "^[\\w.-]+/[\\w.-]+@[0-9a-f]{40} # v?[0-9][0-9A-Za-z.+-]*$";

/**
 * The allow-list, with the further pins of a policy configuration before it.
 *
 * @param newer pins that were found to be released, one a line: they count where they are of a later version
 *   of an action that is on the list
 */
export function allowListOf(
  pins: readonly string[],
  newer = "",
): Readonly<Record<string, ActionPin>> {
  const allowList = { ...allowedActions, ...pinsIn(pins) };
  const later = Object.entries(pinsIn(newer.split("\n"))).filter(([action, { version }]) => {
    const known = allowList[action];
    return known !== undefined && isLater(version, known.version);
  });
  return { ...allowList, ...Object.fromEntries(later) };
}

function pinsIn(pins: readonly string[]): Record<string, ActionPin> {
  const read = pins.flatMap((pin) => {
    const [, action, sha, version] = /^([^@]+)@([0-9a-f]{40}) # (.+)$/.exec(pin) ?? [];
    if (action === undefined || sha === undefined || version === undefined) return [];
    return [[action.toLowerCase(), { sha, version }] as const];
  });
  return Object.fromEntries(read);
}

/** Whether a released version comes after another one: "v4.10.0" after "v4.9.1". */
function isLater(version: string, than: string): boolean {
  if (!/^v?\d+\.\d+\.\d+$/.test(version)) return false;
  const numbers = (text: string) => text.replace(/^v/, "").split(".").map(Number);
  const other = numbers(than);
  for (const [index, number] of numbers(version).entries())
    if (number !== other[index]) return number > (other[index] ?? 0);
  return false;
}
