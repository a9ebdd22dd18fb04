type Entry = Readonly<Record<string, unknown>>;

/** Images of a repository that are built; names are packages to verify. */
interface ImageEntry {
  readonly path: string;
  readonly entry: Entry;
}

/**
 * What is wrong with the images of a fleet beyond each value alone: one line each, with the path and the next step.
 *
 * @param value the configuration as given, so that other problems do not hide these
 */
export function imageProblems(value: unknown): string[] {
  const { defaults, repositories, secret } = asMap(value);
  const named = asMap(secret)["name"];
  const publishing = typeof named === "string" ? named : "GHCR_PAT";
  const entries: ImageEntry[] = [
    { path: "fleet.defaults", entry: asMap(defaults) },
    ...asList(repositories).map((entry, index) => ({
      path: `fleet.repositories[${index}]`,
      entry: asMap(entry),
    })),
  ];
  return entries.flatMap(({ path, entry }) => {
    const images = asList(entry["images"]).map((each, index) => ({
      path: `${path}.images[${index}]`,
      entry: asMap(each),
    }));
    return [
      ...mixed(path, asList(entry["images"])),
      ...listedTwice(images),
      ...(entry["image"] !== undefined && images.some((each) => "image" in each.entry)
        ? [`${path}.image: is not used beside images; add it to images, or remove it`]
        : []),
      ...[{ path, entry }, ...images].flatMap((each) => publishingSecret(each, publishing)),
    ];
  });
}

/** More jobs than that are no matrix. */
const mostImages = 64;

function mixed(path: string, images: readonly unknown[]): string[] {
  const names = images.filter((each) => typeof each === "string");
  if (names.length > 0 && names.length < images.length)
    return [
      `${path}.images: has names, which are packages to verify, and maps, which are images to build; write all as maps with image`,
    ];
  return images.length > mostImages
    ? [`${path}.images: has more than ${mostImages} images; build the others in another repository`]
    : [];
}

function listedTwice(images: readonly ImageEntry[]): string[] {
  const first = new Map<string, string>();
  return images.flatMap(({ path, entry: { image } }) => {
    if (typeof image !== "string") return [];
    const before = first.get(image);
    if (before === undefined) first.set(image, path);
    return before === undefined
      ? []
      : [
          `${path}.image: ${JSON.stringify(image)} is already listed, as ${before}; give one of them another name, or remove it`,
        ];
  });
}

/** A Dockerfile, which is everybody's who may push a branch, would read the PAT. */
function publishingSecret({ path, entry: { secrets } }: ImageEntry, publishing: string): string[] {
  if (typeof secrets !== "object" || secrets === null) return [];
  return Object.entries(secrets).flatMap(([id, name]) =>
    typeof name === "string" && name.toUpperCase() === publishing.toUpperCase()
      ? [
          `${path}.secrets${Array.isArray(secrets) ? `[${id}]` : `.${id}`}: ${publishing} is the PAT that publishes, which no build may read; use a secret of its own`,
        ]
      : [],
  );
}

function asMap(value: unknown): Entry {
  return typeof value === "object" && value !== null ? (value as Entry) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
