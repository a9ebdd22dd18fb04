import { UsageError } from "../user-error.ts";

/**
 * Linux limits one argument or variable of a process to 32 pages, its name and the zero at its end
 * included: MAX_ARG_STRLEN. The engine passes the whole configuration to the program in one.
 *
 * @see https://man7.org/linux/man-pages/man2/execve.2.html
 * @see https://github.com/pulumi/pulumi/blob/v3.276.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
const mostBytes = 32 * 4096 - "PULUMI_CONFIG=".length - 1;

/**
 * The engine could not start the program, and its own error ("argument list too long") names neither the
 * cause nor a way out.
 *
 * @param what names the configuration
 * @param config every value as text, decrypted, by its full key
 * @throws {UsageError} names the size and the way out
 */
export function assertFitsEngine(what: string, config: Readonly<Record<string, string>>): void {
  const sizes = Object.entries(config).map(
    ([key, value]) => [key, jsonBytes(key) + jsonBytes(value) + ":,".length] as const,
  );
  const size = sizes.reduce((sum, [, bytes]) => sum + bytes, 1);
  if (size <= mostBytes) return;
  const [[largest] = [""]] = sizes.toSorted(([, one], [, other]) => other - one);
  throw new UsageError(
    `${what} has ${Math.ceil(size / 1024)} KiB, and the engine can pass no more than 128 KiB to the program. ` +
      (largest === "ghcr-fleet:fleet"
        ? "Move what is below ghcr-fleet:fleet into the file fleet.yaml beside Pulumi.yaml, and replace the key by ghcr-fleet:fleetFile: fleet.yaml"
        : `The largest value is ${largest}: shorten it`),
  );
}

/**
 * Bytes of a text in the engine's JSON, which escapes some characters that JavaScript does not.
 *
 * @see https://pkg.go.dev/encoding/json#Marshal
 */
function jsonBytes(text: string): number {
  const escaped = text.match(/[<>&\u2028\u2029]/g)?.length ?? 0;
  return Buffer.byteLength(JSON.stringify(text)) + 5 * escaped;
}
