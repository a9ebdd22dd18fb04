import {
  createRegistryFetch,
  readChallenge,
  readToken,
  refusalOf,
  type RegistryFetch,
  requestToken,
} from "../image/registry-fetch.ts";
import { removeCredentials, writeCredentials, type Credentials } from "../image/docker-config.ts";
import { inputs, type KnownAction, prefixed, StepFailure } from "../action/known-action.ts";

/**
 * `docker login` with real requests to the registry.
 * @see https://github.com/docker/login-action
 */
export const login: KnownAction = {
  inputs: {
    ...inputs("registry username password scope registry-auth"),
    ecr: "auto",
    logout: "true",
  },
  async run(step) {
    const registry = step.input("registry") || "docker.io";
    const username = step.input("username");
    const password = step.input("password");
    step.refuseInputs("registry-auth", "scope");
    if (username === "" && password === "") throw new StepFailure("Username and password required");
    if (username === "") throw new StepFailure("Username required");
    if (password === "") throw new StepFailure("Password required");
    if (step.flag("logout")) {
      step.after(() => {
        step.info(`Removing login credentials for ${registry}`);
        removeCredentials(step.folders.home, registry);
      });
    }
    step.info(`Logging into ${registry}...`);
    const { registryName } = step.host;
    if (registry !== registryName) {
      throw new StepFailure(`the simulator has no registry other than ${registryName}`);
    }
    const fetchRegistry = createRegistryFetch(step.host, step.signal);
    // The daemon's words: https://github.com/docker/login-action/issues
    await prefixed(`Error response from daemon: Get "https://${registry}/v2/": `, () =>
      logIn(fetchRegistry, registry, { username, password }),
    );
    writeCredentials(step.folders.home, registry, { username, password });
    step.info("Login Succeeded!");
  },
};

/** Like the daemon: asks where to get a token, gets one, and tries it. */
async function logIn(
  fetchRegistry: RegistryFetch,
  registry: string,
  credentials: Credentials,
): Promise<void> {
  const ping = new URL(`https://${registry}/v2/`);
  const first = await fetchRegistry(ping);
  const challenge = readChallenge(first);
  if (challenge === undefined) {
    if (!first.ok) throw await refusalOf(first, `GET request to ${ping.href}`);
    return;
  }
  const { response, url } = requestToken(fetchRegistry, challenge, credentials, {
    account: credentials.username,
    client_id: "docker",
    offline_token: "true",
  });
  const answer = await response;
  if (!answer.ok)
    throw await refusalOf(answer, `GET request to https://${registry}${url.pathname}`);
  const token = await readToken(answer);
  const second = await fetchRegistry(ping, { headers: { authorization: `Bearer ${token}` } });
  if (!second.ok) throw await refusalOf(second, `GET request to ${ping.href}`);
}
