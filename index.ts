import { declareFleet } from "ghcr-fleet";

export const { repositories, skipped, token, rotation, watchMinute } = await declareFleet();
