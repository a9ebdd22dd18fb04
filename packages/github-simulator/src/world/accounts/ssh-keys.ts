import type { Session } from "../session.ts";
import { createHash } from "node:crypto";
import { actorName } from "../actor.ts";
import type { World } from "../world.ts";
import type { SshKey } from "../state/repository.ts";

/** Parts of a key after its algorithm's name: https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
const parts: Readonly<Record<string, number>> = {
  "ssh-ed25519": 1,
  "ssh-rsa": 2,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "sk-ssh-ed25519@openssh.com": 2,
  "sk-ecdsa-sha2-nistp256@openssh.com": 3,
};

/** Algorithm, key and comment of a line in OpenSSH's format; undefined if it is invalid. */
export function parseSshKey(line: string): { key: string; comment: string } | undefined {
  const [algorithm = "", encoded = "", ...comment] = line.trim().split(/[ \t]+/);
  if (/[\r\n]/.test(line.trim()) || !/^[\w+/]+={0,2}$/.test(encoded)) return undefined;
  const fields = readFields(Buffer.from(encoded, "base64"));
  const fits = fields?.[0] === algorithm && fields.length - 1 === parts[algorithm];
  return fits ? { key: `${algorithm} ${encoded}`, comment: comment.join(" ") } : undefined;
}

/** Each field: its length in four bytes, then its bytes: https://www.rfc-editor.org/rfc/rfc4251#section-5 */
function readFields(bytes: Buffer): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    fields.push(bytes.toString("latin1", at + 4, end));
    at = end;
  }
  return fields;
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf({ key }: SshKey): string {
  const bytes = Buffer.from(key.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`;
}

/**
 * A key can be used only once: "once a key has been attached to one repository as a deploy key, it
 * cannot be used on another repository".
 * https://docs.github.com/en/authentication/troubleshooting-ssh/error-key-already-in-use
 */
export function isInUse(world: World, key: string): boolean {
  const holders: { keys: SshKey[] }[] = [
    ...world.state.repositories.values(),
    ...world.state.users.values(),
  ];
  return holders.some(({ keys }) => keys.some((each) => each.key === key));
}

export function addSshKey(
  { world, actor }: Session,
  holder: { keys: SshKey[] },
  given: Pick<SshKey, "title" | "key" | "readOnly">,
): SshKey {
  const added = {
    id: world.nextId(),
    ...given,
    addedBy: actorName(actor),
    createdAt: world.now(),
  };
  holder.keys.push(added);
  return added;
}
