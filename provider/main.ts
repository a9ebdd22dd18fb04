import { ghcrProvider } from "./ghcr-provider.ts";
import { connectEngineLog } from "./protocol/engine-log.ts";
import { serve } from "./protocol/server.ts";

const engineAddress = process.argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
if (!engineAddress) {
  throw new Error(
    "the ghcr provider is started by `pulumi`, with the engine's address as argument",
  );
}
const log = connectEngineLog(engineAddress);
const port = await serve(ghcrProvider(log, process.env), log);
// The plugin protocol: the first line on stdout is the port and nothing else. console.log would colour
// it if FORCE_COLOR is set.
process.stdout.write(`${port}\n`);
