// For Pulumi programs of one's own: docs/package.md has an example.
export { FleetRepository, type FleetRepositoryArgs } from "./resources/fleet-repository.ts";
export { GhcrProvider, type GhcrProviderArgs } from "./resources/ghcr-provider.ts";
export * from "./resources/ghcr-resources.ts";
export { RegistryAccess } from "./resources/registry-access.ts";
