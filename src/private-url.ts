/** Whether data that is sent there cannot be read on the way: TLS, or this machine. */
export function isPrivateUrl(url: string): boolean {
  const { protocol } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(url));
}

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  // https://datatracker.ietf.org/doc/html/rfc5735#section-3: all of 127.0.0.0/8 is this machine.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.[\d.]+$/.test(hostname);
}
