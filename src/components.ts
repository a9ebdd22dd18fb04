// For Pulumi programs of one's own, such as examples/own-program.
export { loadConnection, type Connection } from "./github/client/load-connection.ts";
export { loadFleet } from "./stack/find-fleet.ts";
export { FleetRepository, type FleetRepositoryArgs } from "./resources/fleet-repository.ts";
export { GhcrProvider, type GhcrProviderArgs } from "./resources/ghcr-provider.ts";
export * from "./resources/ghcr-resources.ts";
export { RegistryAccess } from "./resources/registry-access.ts";
