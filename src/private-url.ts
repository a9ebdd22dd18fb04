/** Whether data that is sent there cannot be read on the way: TLS, or this machine. */
export function isPrivateUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return true;
  // https://datatracker.ietf.org/doc/html/rfc5735#section-3: all of 127.0.0.0/8 is this machine.
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || /^127\.[\d.]+$/.test(hostname);
  return protocol === "http:" && isLoopback;
}
