/** A receiver of a repository's or an organisation's events. */
export interface Webhook {
  id: number;
  active: boolean;
  /** Names of events; `*` stands for all of them. */
  events: string[];
  url: string;
  contentType: "form" | "json";
  /** Signs deliveries; null: no signature. Never in an answer. */
  secret: string | null;
  /** `1` accepts every certificate. */
  insecureSsl: "0" | "1";
  createdAt: string;
  updatedAt: string;
  lastResponse: { code: number | null; status: string; message: string | null };
  /** Oldest first. */
  deliveries: WebhookDelivery[];
}

export interface WebhookDelivery {
  id: number;
  /** Shared by all deliveries of one event, to any hook. */
  guid: string;
  event: string;
  action: string | null;
  repositoryId: number | null;
  deliveredAt: string;
  redelivery: boolean;
  /** In seconds. */
  duration: number;
  /** `OK`, or why it failed. */
  status: string;
  statusCode: number;
  url: string;
  request: { headers: Record<string, string>; payload: string };
  response: { headers: Record<string, string> | null; payload: string | null };
}
