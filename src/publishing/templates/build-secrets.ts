import { Scalar } from "yaml";
import type { ImageOptions } from "./workflow-options.ts";

/** A build secret, and the images that are built with it. */
interface SharedSecret {
  /** Id in the Dockerfile. */
  readonly id: string;
  /** Name of the Actions secret. */
  readonly name: string;
  /** Whether every image of the job has it. */
  readonly ofAll: boolean;
}

/** "npm=NPM_TOKEN", as it is in a row of a matrix. */
export function secretPairs({ secrets = {} }: ImageOptions): string[] {
  return Object.entries(secrets)
    .map(([id, name]) => `${id}=${name}`)
    .sort();
}

/**
 * How a build gets its secrets: the lines of build-push-action's input `secret-envs`, and the variables that they
 * name. A job of a matrix passes those of its image only. The input `secrets` takes values that are one line.
 */
export function passedSecrets(images: readonly ImageOptions[]) {
  const passed = secretsOf(images).map(({ id, name, ofAll }, index) => {
    const variable = `BUILD_SECRET_${index + 1}`;
    const wanted = isOfImage(id, name);
    return ofAll
      ? { line: `${id}=${variable}`, variable, value: `\${{ secrets.${name} }}` }
      : {
          line: `\${{ ${wanted} && '${id}=${variable}' || '' }}`,
          variable,
          value: `\${{ ${wanted} && secrets.${name} || '' }}`,
        };
  });
  return {
    lines: passed.map(({ line }) => line),
    env: Object.fromEntries(passed.map(({ variable, value }) => [variable, new Scalar(value)])),
  };
}

/** Gives the names of the secrets that are not there, each with a space before it. */
export function missingSecrets(images: readonly ImageOptions[]): string {
  return secretsOf(images)
    .map(({ id, name, ofAll }) => {
      const wanted = ofAll ? "" : `${isOfImage(id, name)} && `;
      return `\${{ ${wanted}!secrets.${name} && ' ${name}' || '' }}`;
    })
    .join("");
}

function isOfImage(id: string, name: string): string {
  return `contains(matrix.secrets, '${id}=${name}')`;
}

function secretsOf(images: readonly ImageOptions[]): SharedSecret[] {
  const pairs = new Set(images.flatMap(secretPairs));
  return [...pairs].sort().map((pair) => {
    const equals = pair.indexOf("=");
    return {
      id: pair.slice(0, equals),
      name: pair.slice(equals + 1),
      ofAll: images.every((image) => secretPairs(image).includes(pair)),
    };
  });
}
