import {
  deleteVariable,
  readVariable,
  writeVariable,
} from "../../src/github/secrets/actions-variables.ts";
import { explaining } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { registryVariableProperties } from "../../src/properties/registry-variable.ts";
import type { StateOf } from "../../src/properties/resource-properties.ts";
import { checkInputs, keepSpelling } from "../protocol/check-inputs.ts";
import { diffProperties } from "../protocol/property-diff.ts";
import type { RepositorySnapshots } from "./repository-snapshots.ts";
import type { ResourceType } from "../protocol/resource-type.ts";
import { splitId } from "./split-id.ts";
import type { UnwrittenCredentials } from "./unwritten-credentials.ts";
import { whyUnwritable } from "./why-unwritable.ts";

type Inputs = StateOf<typeof registryVariableProperties>;

const place = ["owner", "repository", "name"];

/**
 * `ghcr:index:RegistryVariable`: a variable of Actions in one repository.
 *
 * A renamed repository keeps its variable. So create also replaces an existing variable, and delete
 * does not touch the variable of a renamed repository.
 */
export function registryVariable(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  unwritten: UnwrittenCredentials,
): ResourceType {
  const write = async (inputs: Inputs, isThere: boolean) =>
    explaining(`write the variable ${idOf(inputs)}`, () =>
      writeVariable(github, inputs, inputs.value, isThere),
    );
  return {
    properties: registryVariableProperties,

    check: async (olds, news) =>
      checkInputs(registryVariableProperties.args, keepSpelling(olds, news, place)),

    diff: (olds, news) => diffProperties(olds, news, place),

    async create(properties, preview, context) {
      const inputs = properties as Inputs;
      const present = await explaining(`read the variable ${idOf(inputs)}`, () =>
        readVariable(github, inputs),
      );
      if (present !== undefined && present !== inputs.value) {
        context.warn(`the variable ${idOf(inputs)} exists already and gets another value`);
      }
      if (!preview && present !== inputs.value) await write(inputs, present !== undefined);
      return { id: idOf(inputs), state: properties };
    },

    async read(id) {
      const [owner = "", repository = "", name = ""] = splitId(id, "owner/repository/NAME");
      const known = { owner, repository, name };
      const value = await explaining(`read the variable ${id}`, () => readVariable(github, known));
      if (value === undefined) return undefined;
      const found = { ...known, value };
      return { id, state: found, inputs: found };
    },

    async update(_id, _state, properties, preview) {
      if (!preview) await write(properties as Inputs, true);
      return properties;
    },

    async delete(id, state, context) {
      const inputs = state as Inputs;
      const reason = whyUnwritable(inputs.repository, await snapshots.get(inputs));
      if (reason) {
        context.warn(`the variable ${id} is left as it is: ${reason}`);
        return;
      }
      // A resource that is skipped after a failure still depends on it, and needs it in the state.
      unwritten.assertReplaced(`the variable ${id}`, inputs.repository);
      await explaining(`delete the variable ${id}`, () => deleteVariable(github, inputs));
    },
  };
}

function idOf({ owner, repository, name }: Inputs): string {
  return `${owner}/${repository}/${name}`;
}
