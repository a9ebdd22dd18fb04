// The entry for tests: clients of the simulator, and access to more of its world.
export { createClient, type Answer, type Client } from "./testing/client.ts";
export { fetchFrom } from "./testing/fetch-from.ts";
export { ociClient, type OciClient, type OciTarget } from "./testing/oci-client.ts";
export { startReceiver, type Received, type Receiver } from "./testing/receiver.ts";
export { tinyImage, type TinyImage } from "./testing/tiny-image.ts";
export { requiredApprovals, rulesFor } from "./world/repositories/branch-rules.ts";
export { propertiesOf } from "./world/repositories/custom-properties.ts";
export { rotateSealingKey } from "./world/secrets/secret-stores.ts";
export { sealBox } from "./world/secrets/sodium.ts";
