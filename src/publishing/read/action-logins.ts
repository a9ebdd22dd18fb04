/** An action that logs in to a registry, or pushes with a password of its own. */
export interface LoginAction {
  /** The input that names the registry. */
  readonly registry: string;
  readonly password: string;
  /** Whether the action pushes, too. */
  readonly pushes?: true;
}

/** By name in lower case. Each has been looked up in the action's own action.yml. */
export const loginActions: Readonly<Record<string, LoginAction>> = {
  "docker/login-action": { registry: "registry", password: "password" },
  "redhat-actions/podman-login": { registry: "registry", password: "password" },
  "redhat-actions/push-to-registry": { registry: "registry", password: "password", pushes: true },
  "azure/docker-login": { registry: "login-server", password: "password" },
};

/** "docker/login-action" for "Docker/Login-Action@v3"; folders of an action are kept. */
export function actionName(uses: string): string {
  return (uses.split("@")[0] ?? "").trim().toLowerCase();
}
