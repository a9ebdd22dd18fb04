import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface DockerConfig {
  auths: Record<string, { auth: string }>;
}

/** `~/.docker/config.json` of a job: written by `docker login` for the steps that follow. */
export function readCredentials(home: string, registry: string): Credentials | undefined {
  const auth = readConfig(home).auths[registry]?.auth;
  if (auth === undefined) return undefined;
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export function writeCredentials(home: string, registry: string, credentials: Credentials): void {
  const config = readConfig(home);
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  config.auths[registry] = { auth };
  writeConfig(home, config);
}

export function removeCredentials(home: string, registry: string): void {
  const config = readConfig(home);
  delete config.auths[registry];
  writeConfig(home, config);
}

function configFile(home: string): string {
  return join(home, ".docker", "config.json");
}

function readConfig(home: string): DockerConfig {
  try {
    const config = JSON.parse(readFileSync(configFile(home), "utf8")) as Partial<DockerConfig>;
    return { ...config, auths: config.auths ?? {} };
  } catch {
    return { auths: {} };
  }
}

function writeConfig(home: string, config: DockerConfig): void {
  mkdirSync(dirname(configFile(home)), { recursive: true });
  writeFileSync(configFile(home), JSON.stringify(config, null, 2));
}
