/** "ghcr.io/acme/api": registries take lower case only, though an owner may be spelt "Acme". */
export function imageAddress(
  { registry, owner }: { readonly registry: string; readonly owner: string },
  image: string,
): string {
  return `${registry}/${owner.toLowerCase()}/${image}`;
}
